//! What the compiler says to wrong programs; the right ones are in `pass`. `TRYBUILD=overwrite cargo test -p
//! povery-tests --test ui` writes the `.stderr` files anew.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

/// The compiler whose words the `.stderr` files hold.
const RUSTC: &str = "rustc 1.95.";

/// Where the failing cases are, if not here: see [`fail`].
const ELSEWHERE: &str = "POVERY_UI_FAIL";

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
        let said = said.lines().map(without_places).collect::<Vec<_>>();
        for line in own_lines(&fs::read_to_string(&case).unwrap()).map(without_places) {
            let there = said.iter().any(|said| said.contains(&line));
            assert!(there, "{case:?} wants {line:?} in:\n{said:#?}");
        }
    }
}

/// The reference of the macros has every message of theirs, and no other.
#[test]
fn the_reference_has_every_message() {
    let mut told = Vec::new();
    for page in ["route", "routes", "action", "event"] {
        let page = fs::read_to_string(format!("../povery/docs/{page}.md")).unwrap();
        let (_, table) = page.split_once("# What the compiler says").unwrap();
        let rows = table.lines().filter_map(|line| line.strip_prefix("| "));
        let rows = rows.filter_map(|row| row.split_once(" | "));
        told.extend(rows.map(|(message, _)| words(message)));
    }
    told.retain(|message| message != "message");
    let (mut missing, mut met) = (Vec::new(), Vec::new());
    // Those of `derive(HttpError)` are in the reference of its own.
    for case in files("ui/fail", "stderr") {
        if case.to_string_lossy().contains("http_error_") {
            continue;
        }
        let said = fs::read_to_string(&case).unwrap();
        for (number, message) in said.lines().filter_map(message) {
            let message = words(message);
            // The compiler has words of its own for most of what has a number.
            if !told.contains(&message) && ["", "E0277", "E0080"].contains(&number) {
                missing.push(format!("{}: {message}", case.display()));
            }
            met.push(message);
        }
    }
    assert!(missing.is_empty(), "not in the reference: {missing:#?}");
    told.retain(|message| !met.contains(message));
    assert!(told.is_empty(), "without a case: {told:#?}");
}

/// The number and the words of an error.
fn message(line: &str) -> Option<(&str, &str)> {
    let (number, message) = line.strip_prefix("error")?.split_once(": ")?;
    let message = message
        .strip_prefix("evaluation panicked: ")
        .unwrap_or(message);
    Some((number.trim_matches(['[', ']']), message))
}

/// A message without what differs from case to case: its code, its places and lists of names.
fn words(message: &str) -> String {
    let mut words = String::new();
    for (index, part) in message.split('`').enumerate() {
        words += if index % 2 == 0 { part } else { "…" };
    }
    while let Some(list) = words.find("…, …") {
        words.replace_range(list..list + "…, ".len(), "");
    }
    words = without_places(&words);
    if let Some(at) = words.find("contains '") {
        let end = at + words[at..].find("';").unwrap();
        words.replace_range(at + "contains '".len()..end, "…");
    }
    words
}

/// A message without its parentheses, which hold the places of routes.
fn without_places(message: &str) -> String {
    let mut message = message.to_owned();
    while let Some(start) = message.find(" (") {
        let Some(length) = message[start..].find(')') else {
            break;
        };
        message.replace_range(start..=start + length, "");
    }
    message
}

/// No case holds the path of a machine, and none is without its answer.
#[test]
fn every_case_has_an_answer_for_all_machines() {
    let cases = files("ui/fail", "rs");
    assert!(cases.len() >= 60);
    assert_eq!(cases.len(), files("ui/fail", "stderr").len());
    for case in cases {
        let said = fs::read_to_string(case.with_extension("stderr")).unwrap();
        for place in ["/home/", "/root/", "/tmp/", "/Users/", "C:\\"] {
            assert!(!said.contains(place), "{case:?} has {place}");
        }
    }
}

/// How the compiler's own errors begin, of those without a number: it may put them otherwise one day.
const COMPILERS: [&str; 5] = [
    "free function without",
    "function `",
    "functions cannot be both",
    "future cannot be sent",
    "struct is not supported",
];

/// What the macros say, and the tables of routes.
fn own_lines(stderr: &str) -> impl Iterator<Item = &str> {
    let messages = stderr.lines().filter_map(message);
    messages
        .filter(|(number, _)| ["", "E0080"].contains(number))
        .map(|(_, message)| message)
        .filter(|message| !COMPILERS.iter().any(|words| message.starts_with(words)))
}

fn files(directory: impl AsRef<Path>, extension: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(directory).unwrap();
    let paths = entries.map(|entry| entry.unwrap().path());
    paths
        .filter(|path| path.extension().is_some_and(|found| found == extension))
        .collect()
}
