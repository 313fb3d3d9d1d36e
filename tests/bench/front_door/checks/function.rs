use crate::function::{high_water, on_core};

#[test]
fn what_the_kernel_says_of_a_process() {
    assert_eq!(on_core("35614745 8807680 123\n"), Some(35_614_745));
    assert_eq!(on_core(""), None);
    let status = "Name:\tusers\nVmPeak:\t    9000 kB\nVmHWM:\t    3456 kB\nVmRSS:\t 1 kB\n";
    assert_eq!(high_water(status), Some(3456));
    assert_eq!(high_water("Name:\tusers\n"), None);
}
