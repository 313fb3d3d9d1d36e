//! A table of a thousand routes: it compiles and serves, and one conflict among them is named.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

const ROUTES: usize = 1_000;

/// Where the conflicting table is, in the process that has trybuild write down what is said of it.
const WRITING: &str = "POVERY_MANY_CONFLICT";

/// The program: `/r0/<id>` to `/r999/<id>`, and whatever else its table begins with.
fn program(more: &str, first: &str) -> String {
    let mut text = format!("#![allow(dead_code)]\n\n{more}\n");
    let mut names = first.to_owned();
    for number in 0..ROUTES {
        write!(
            text,
            "\n#[povery::route(GET, \"/r{number}/<id>\")]\nasync fn route{number}(id: u32) -> String {{\n    id.to_string()\n}}\n"
        )
        .unwrap();
        write!(names, "route{number}, ").unwrap();
    }
    let check = "assert_eq!(app.route_table().len(), 1_000);\n    app.check().unwrap();";
    write!(
        text,
        "\nfn main() {{\n    let app = povery::App::new().routes(povery::routes![{names}]);\n    {check}\n}}\n"
    )
    .unwrap();
    text
}

fn written(name: &str, text: &str) -> PathBuf {
    let directory = Path::new(env!("CARGO_TARGET_TMPDIR")).join("many");
    fs::create_dir_all(&directory).unwrap();
    let path = directory.join(name);
    fs::write(&path, text).unwrap();
    path
}

#[test]
fn a_thousand_routes_compile_and_serve() {
    trybuild::TestCases::new().pass(written("sound.rs", &program("", "")));
}

#[test]
fn one_conflict_among_a_thousand_is_named() {
    if let Some(path) = env::var_os(WRITING) {
        return trybuild::TestCases::new().compile_fail(path);
    }
    let twin = "#[povery::route(GET, \"/r500/<name>\")]\nasync fn twin(name: String) -> String {\n    name\n}\n";
    let path = written("conflict.rs", &program(twin, "twin, "));
    let mut writing = Command::new(env::current_exe().unwrap());
    writing.args(["--exact", "one_conflict_among_a_thousand_is_named"]);
    writing.env("TRYBUILD", "overwrite").env(WRITING, &path);
    assert!(
        writing.status().unwrap().success(),
        "a table with a conflict compiles"
    );
    let said = fs::read_to_string(path.with_extension("stderr")).unwrap();
    let errors: Vec<_> = said
        .lines()
        .filter(|line| line.starts_with("error"))
        .collect();
    assert_eq!(errors.len(), 1, "{said}");
    for name in ["`GET /r500/<id>` (route500, ", "`GET /r500/<name>` (twin, "] {
        assert!(errors[0].contains(name), "{}", errors[0]);
    }
}
