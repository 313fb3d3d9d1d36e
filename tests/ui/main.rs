//! What the compiler says to right and to wrong programs. `TRYBUILD=overwrite cargo test -p
//! povery-tests --test ui` writes the `.stderr` files anew.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

/// The compiler whose words the `.stderr` files hold.
const RUSTC: &str = "rustc 1.95.";

/// Where the failing cases are, if not here: see [`fail`].
const ELSEWHERE: &str = "POVERY_UI_FAIL";

#[test]
fn pass() {
    trybuild::TestCases::new().pass("ui/pass/*.rs");
}

/// Another compiler has other words, so there this test runs itself on a copy of the cases without
/// their `.stderr`, has trybuild write new ones, and compares the lines that are povery's own.
#[test]
fn fail() {
    let elsewhere = env::var(ELSEWHERE).ok();
    let rustc = Command::new("rustc").arg("--version").output().unwrap();
    if elsewhere.is_some() || rustc.stdout.starts_with(RUSTC.as_bytes()) {
        let cases = elsewhere.unwrap_or_else(|| "ui/fail".to_owned());
        return trybuild::TestCases::new().compile_fail(format!("{cases}/*.rs"));
    }
    let copy = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("ui-fail");
    let _ = fs::remove_dir_all(&copy);
    fs::create_dir_all(&copy).unwrap();
    let cases = files("ui/fail", "rs");
    for case in &cases {
        fs::copy(case, copy.join(case.file_name().unwrap())).unwrap();
    }
    let mut again = Command::new(env::current_exe().unwrap());
    again.args(["--exact", "fail", "--nocapture"]);
    again.env("TRYBUILD", "overwrite").env(ELSEWHERE, &copy);
    assert!(again.status().unwrap().success(), "a case compiles");
    for case in files("ui/fail", "stderr") {
        let said = fs::read_to_string(copy.join(case.file_name().unwrap())).unwrap();
        for line in own_lines(&fs::read_to_string(&case).unwrap()) {
            assert!(said.contains(line), "{case:?} wants {line:?} in:\n{said}");
        }
    }
}

/// The errors of the macros: those without a number, as few of the compiler's are.
fn own_lines(stderr: &str) -> impl Iterator<Item = &str> {
    stderr.lines().filter(|line| line.starts_with("error: "))
}

fn files(directory: impl AsRef<Path>, extension: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(directory).unwrap();
    let paths = entries.map(|entry| entry.unwrap().path());
    paths
        .filter(|path| path.extension().is_some_and(|found| found == extension))
        .collect()
}
