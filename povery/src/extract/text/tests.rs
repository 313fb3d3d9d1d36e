use std::fmt::Debug;

use serde::Deserialize;
use uuid::Uuid;

use super::*;

#[derive(Debug, PartialEq, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Order {
    NewestFirst,
    Name,
}

#[derive(Debug, PartialEq, Deserialize)]
struct Page(u32);

fn ok<T: DeserializeOwned + PartialEq + Debug>(values: &[&str], expected: T) {
    assert_eq!(read::<T>(values), Ok(expected), "{values:?}");
}

fn fault<T: DeserializeOwned + Debug>(values: &[&str], constraint: &str, message: &str) {
    let error = read::<T>(values).unwrap_err();
    assert_eq!(
        (error.constraint(), error.to_string().as_str()),
        (constraint, message),
        "{values:?}"
    );
}

#[test]
fn values_become_types() {
    ok(&["7"], 7_u8);
    ok(&["-7"], -7_i64);
    ok(&["1.5"], 1.5_f64);
    ok(&["true"], true);
    ok(&["x"], 'x');
    ok(&["7"], "7".to_owned());
    ok(&[""], String::new());
    ok(&["7"], Page(7));
    ok(&["newest-first"], Order::NewestFirst);
    ok(&["name"], Some(Order::Name));
    ok(&["7"], Some(Page(7)));
    ok::<Option<u32>>(&[], None);
    ok::<Vec<u32>>(&[], vec![]);
    ok(&["1", "2"], vec![1_u32, 2]);
    ok(&["1", "2"], (1_u32, 2_u32));
    ok(&["a", "b"], Some(vec!["a".to_owned(), "b".to_owned()]));
    ok(
        &["00000000-0000-0000-0000-000000000007"],
        Uuid::from_u128(7),
    );
}

#[test]
fn faults_say_what_was_expected() {
    fault::<u32>(&[], "required", "is required");
    fault::<u32>(&["1", "2"], "single", "must be given once");
    fault::<u32>(&["-1"], "type", "expected an integer from 0 to 4294967295");
    fault::<Option<u8>>(&[""], "type", "expected an integer from 0 to 255");
    fault::<bool>(&["yes"], "type", "expected true or false");
    for text in ["x", "NaN", "inf", "1e999"] {
        fault::<f64>(&[text], "type", "expected a number");
    }
    fault::<Order>(&["x"], "enum", "must be one of newest-first, name");
    fault::<Uuid>(&["x"], "type", "expected a UUID");
    fault::<Option<Uuid>>(&["x"], "type", "expected a UUID");
    fault::<Vec<Uuid>>(&["x"], "type", "expected a UUID");
}

#[test]
fn a_tail_is_a_list_or_the_whole() {
    assert_eq!(read_tail::<String>("a/b").unwrap(), "a/b");
    assert_eq!(read_tail::<Vec<String>>("a/b").unwrap(), ["a", "b"]);
    assert_eq!(read_tail::<Vec<u8>>("1").unwrap(), [1]);
    assert_eq!(read_tail::<(u8, String)>("7/x").unwrap(), (7, "x".into()));
    assert_eq!(
        read_tail::<std::path::PathBuf>("a/b").unwrap(),
        std::path::Path::new("a/b")
    );
}

#[test]
fn a_tail_that_does_not_fit_is_told_without_the_text() {
    for error in [
        read_tail::<Vec<u8>>("1/secret").unwrap_err(),
        read_tail::<u8>("1/2").unwrap_err(),
        read_tail::<uuid::Uuid>("secret").unwrap_err(),
    ] {
        assert!(error.to_string().starts_with("expected "), "{error}");
        assert!(!error.to_string().contains("secret"));
    }
}
