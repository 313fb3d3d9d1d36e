//! The AWS SAM template that a program writes of itself: `users template`.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use povery_tests::local_home::users_command;
use povery_tests::process::Guarded;
use povery_tests::scratch::Scratch;
use povery_tests::{tool, workspace};
use serde_json::{Value, json};

const BOUND: Duration = Duration::from_mins(2);

/// What cfn-lint says of a template: a line for each error and warning.
fn lint(template: &Path) -> (bool, String) {
    let mut command = Command::new(tool::cfn_lint());
    workspace::forget_surroundings(&mut command);
    command
        .args(["--regions", "us-east-1", "--format", "parseable", "--"])
        .arg(template);
    let process = Guarded::spawn("cfn-lint", command);
    let ended = process.wait(BOUND).unwrap();
    (ended.success(), process.log())
}

#[track_caller]
fn is_sound(template: &Path) {
    assert_eq!(lint(template), (true, String::new()));
}

/// Runs the program, and gives what it wrote to the standard output and error.
fn template(arguments: &[&str]) -> (bool, String, String) {
    let mut command = users_command();
    // There is none, and nothing asks for it.
    command.env("DATABASE_URL", "postgres://nobody@127.0.0.1:1/none");
    let output = command.arg("template").args(arguments).output().unwrap();
    let [text, told] = [output.stdout, output.stderr].map(|text| String::from_utf8(text).unwrap());
    (output.status.success(), text, told)
}

#[test]
fn the_users_application_writes_its_template() {
    let (success, text, told) = template(&[]);
    assert!(success, "{told}");
    assert_eq!(told, "");
    assert_eq!(template(&[]).1, text, "it is the same each time");
    let written: Value = serde_json::from_str(&text).unwrap();
    let golden = include_str!("../../povery/src/local/template/tests/users.json");
    assert_eq!(written, serde_json::from_str::<Value>(golden).unwrap());

    let scratch = Scratch::new();
    let path = scratch.path().join("template.json");
    std::fs::write(&path, text).unwrap();
    is_sound(&path);
}

#[test]
fn the_architecture_is_said() {
    let (success, text, told) = template(&["--arch", "arm64"]);
    assert!(success, "{told}");
    let written: Value = serde_json::from_str(&text).unwrap();
    let function = &written["Resources"]["Function"]["Properties"];
    assert_eq!(function["Architectures"], json!(["arm64"]));

    let (success, text, told) = template(&["--arch", "sparc"]);
    assert!(!success && told.contains("x86_64, arm64"), "{told}");
    assert_eq!(text, "");
}

#[test]
fn a_template_with_everything_is_sound() {
    let place = "povery/src/local/template/tests/everything.json";
    is_sound(&workspace::root().join(place));
}

/// The tool looks.
#[test]
fn what_is_not_sound_is_found() {
    let mut written: Value = serde_json::from_str(&template(&[]).1).unwrap();
    let events = &mut written["Resources"]["Function"]["Properties"]["Events"];
    events["GetUserGet"]["Properties"]["ApiId"]["Ref"] = "Nowhere".into();
    let scratch = Scratch::new();
    let path = scratch.path().join("template.json");
    std::fs::write(&path, written.to_string()).unwrap();
    let (success, told) = lint(&path);
    assert!(!success && told.contains("GetUserGet"), "{told}");
}
