use crate::server::allowed;

#[test]
fn the_cores_of_a_process() {
    let status = "Name:\tpostgres\nCpus_allowed:\t2\nCpus_allowed_list:\t1\nMems_allowed:\t1\n";
    assert_eq!(allowed(status), Some("1"));
    assert_eq!(allowed("Name:\tpostgres\n"), None);
}
