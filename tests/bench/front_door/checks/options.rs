use crate::command::Asked;
use crate::options::{Options, Section};

fn read(arguments: &str) -> Result<Option<Options>, String> {
    Options::default().read(arguments.split_whitespace().map(str::to_owned))
}

fn options(arguments: &str) -> Options {
    read(arguments).expect("readable").expect("no help")
}

#[test]
fn everything_is_measured_and_enforced_unless_told_otherwise() {
    let options = options("--bench");
    assert!(options.enforced());
    assert!(options.wants(Section::Instructions) && options.wants(Section::Size));
    assert_eq!(options.cases().count(), 6);
    assert!(options.left_out().is_empty());
}

#[test]
fn what_is_too_short_or_otherwise_is_not_enforced() {
    assert!(!options("--quick").enforced());
    assert!(!options("--invocations 19999").enforced());
    assert!(!options("--starts 14").enforced());
    assert!(!options("--workers 1").enforced());
    assert!(options("--invocations 50000 --starts 15").enforced());
}

#[test]
fn a_case_alone_is_measured_in_time_and_instructions() {
    let options = options("--only get-v2,post-v1");
    assert!(options.wants(Section::Jobs) && options.wants(Section::Instructions));
    assert!(!options.wants(Section::Cold));
    assert_eq!(options.cases().count(), 2);
    assert_eq!(options.left_out().len(), 1);
}

#[test]
fn a_section_may_be_narrowed_to_a_case() {
    let options = options("--only instructions,get-v2");
    assert!(options.wants(Section::Instructions) && !options.wants(Section::Jobs));
    assert_eq!(options.cases().count(), 1);
}

#[test]
fn without_callgrind_no_instructions() {
    assert!(!options("--without-callgrind").wants(Section::Instructions));
    assert!(!options("--without-callgrind --only instructions").wants(Section::Instructions));
}

#[test]
fn mistakes_are_named() {
    assert_eq!(
        read("--fast").expect_err("refused"),
        "unknown option --fast"
    );
    assert!(
        read("--only nothing")
            .expect_err("refused")
            .contains("`nothing`")
    );
    assert!(read("--invocations 0").is_err() && read("--invocations").is_err());
    assert_eq!(read("--help"), Ok(None));
}
