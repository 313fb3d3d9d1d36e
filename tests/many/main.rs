//! A table of a thousand routes: it compiles and serves, and one conflict among them is named.

mod program;

use std::path::Path;
use std::process::Command;
use std::{env, fs};

use povery::App;
use povery::test::TestClient;

mod sound {
    include!(concat!(env!("OUT_DIR"), "/many.rs"));
}

/// Where the conflicting table is, in the process that has trybuild write down what is said of it.
const WRITING: &str = "POVERY_MANY_CONFLICT";

#[tokio::test]
async fn a_thousand_routes_compile_and_serve() {
    let app = App::new().routes(sound::ROUTES);
    assert_eq!(app.route_table().len(), program::ROUTES);
    app.check().unwrap();
    let client = TestClient::new(app);
    for number in 0..program::ROUTES {
        let answer = client.get(&format!("/r{number}/7{number}")).send().await;
        assert_eq!(answer.text(), format!("7{number}"));
    }
    assert_eq!(client.get("/r1000/7").send().await.status(), 404);
}

#[test]
fn one_conflict_among_a_thousand_is_named() {
    if let Some(path) = env::var_os(WRITING) {
        return trybuild::TestCases::new().compile_fail(path);
    }
    let twin = "#[povery::route(GET, \"/r500/<name>\")]\nasync fn twin(name: String) -> String {\n    name\n}\n";
    let (routes, names) = program::routes("twin, ");
    let text = format!("{twin}{routes}\nfn main() {{\n    let _ = povery::routes![{names}];\n}}\n");
    let directory = Path::new(env!("CARGO_TARGET_TMPDIR")).join("many");
    fs::create_dir_all(&directory).unwrap();
    let path = directory.join("conflict.rs");
    fs::write(&path, text).unwrap();
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
