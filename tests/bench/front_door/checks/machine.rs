use crate::machine::{cpu_model, version};

#[test]
fn a_version_is_that_of_the_whole_name() {
    let lock = "[[package]]\nname = \"axum-core\"\nversion = \"0.5.6\"\n\n\
        [[package]]\nname = \"axum\"\nversion = \"0.8.9\"\nsource = \"registry\"\n";
    assert_eq!(version(lock, "axum"), Some("0.8.9"));
    assert_eq!(version(lock, "hyper"), None);
}

#[test]
fn the_name_of_the_processor() {
    let cpuinfo = "processor\t: 0\nmodel name\t: A CPU @ 3 GHz\nprocessor\t: 1\nmodel name\t: B\n";
    assert_eq!(cpu_model(cpuinfo), "A CPU @ 3 GHz");
    assert_eq!(cpu_model(""), "unknown");
}
