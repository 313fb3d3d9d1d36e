use crate::command::Asked;
use crate::options::{Options, Section};

fn read(arguments: &[&str]) -> Result<Option<Options>, String> {
    Options::default().read(arguments.iter().map(|argument| (*argument).to_owned()))
}

fn options(arguments: &[&str]) -> Options {
    read(arguments).unwrap().unwrap()
}

#[test]
fn a_full_run_is_enforced_and_a_short_one_is_not() {
    assert!(options(&["--bench"]).enforced());
    assert!(options(&["--queries", "10000", "--starts", "15"]).enforced());
    assert!(!options(&["--queries", "9999"]).enforced());
    assert!(!options(&["--starts", "14"]).enforced());
    assert!(!options(&["--quick"]).enforced());
}

#[test]
fn only_what_is_asked_for_is_measured() {
    let all = options(&[]);
    assert!(all.wants(Section::Cold) && all.wants(Section::Queries) && all.left_out().is_empty());
    let two = options(&["--only", "cold,round-trips"]);
    assert!(two.wants(Section::Cold) && two.wants(Section::RoundTrips));
    assert!(!two.wants(Section::Queries) && !two.wants(Section::Invocations));
    assert!(two.left_out().len() == 1);
}

#[test]
fn mistakes_are_named() {
    let cases: [(&[&str], &str); 4] = [
        (&["--only", "warm"], "there is no section `warm`"),
        (&["--starts"], "--starts wants a value"),
        (&["--queries", "0"], "`0` is no number of them"),
        (&["--fast"], "unknown option --fast"),
    ];
    for (arguments, mistake) in cases {
        assert_eq!(read(arguments).unwrap_err(), mistake);
    }
    assert_eq!(read(&["--help"]), Ok(None));
}
