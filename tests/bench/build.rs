//! How long a crate of many routes takes to build, beside the same handlers on axum.
//!
//! `cargo bench -p povery-tests --bench build [-- --routes 300 --rounds 5]`: writes two crates under
//! `target/`, builds their dependencies, and then builds each crate alone, clean, in turn (debug). The
//! same DTOs with the same rules; on axum the handlers call `validate()` themselves. Ends with an
//! error where povery takes more than 1.5 times as long.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::time::{Duration, Instant};
use std::{env, fs};

const LIMIT: f64 = 1.5;

fn main() -> ExitCode {
    let number = |name: &str, usual: usize| {
        let mut arguments = env::args().skip_while(|argument| argument != name).skip(1);
        arguments.next().map_or(usual, |text| {
            text.parse()
                .unwrap_or_else(|_| panic!("{name} wants a number"))
        })
    };
    if env::args().any(|argument| argument == "--help") {
        println!("--routes N   routes of each crate (300)\n--rounds N   builds of each crate (5)");
        return ExitCode::SUCCESS;
    }
    let (routes, rounds) = (number("--routes", 300), number("--rounds", 5));
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let place = root.join("target").join("bench-build");
    write_workspace(&place, root, routes);

    eprintln!("building the dependencies, once");
    cargo(&place, &["build", "--workspace"]);
    let mut times = [Vec::new(), Vec::new()];
    for round in 1..=rounds {
        for (package, times) in ["on-povery", "on-axum"].into_iter().zip(&mut times) {
            cargo(&place, &["clean", "--package", package]);
            let start = Instant::now();
            cargo(&place, &["build", "--package", package]);
            times.push(start.elapsed());
            eprintln!(
                "round {round}: {package} {:.1} s",
                start.elapsed().as_secs_f64()
            );
        }
    }
    let [povery, axum] = times.map(median);
    let ratio = povery.as_secs_f64() / axum.as_secs_f64();
    println!("debug build of {routes} routes, clean, dependencies built; median of {rounds}");
    println!("| crate  | seconds | ratio |\n|--------|---------|-------|");
    println!("| povery | {:7.2} | {ratio:5.2} |", povery.as_secs_f64());
    println!("| axum   | {:7.2} | {:5.2} |", axum.as_secs_f64(), 1.0);
    if ratio > LIMIT {
        eprintln!("povery takes more than {LIMIT} times as long");
        return ExitCode::FAILURE;
    }
    ExitCode::SUCCESS
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}

fn cargo(place: &Path, arguments: &[&str]) {
    let mut command = Command::new(env!("CARGO"));
    command
        .args(arguments)
        .current_dir(place)
        .stdout(Stdio::null());
    command
        .arg("--quiet")
        .env("CARGO_TARGET_DIR", place.join("target"));
    assert!(
        command.status().unwrap().success(),
        "cargo {arguments:?} failed in {place:?}"
    );
}

fn write_workspace(place: &Path, root: &Path, routes: usize) {
    let dependencies = "serde = { version = \"1\", features = [\"derive\"] }\n\
        uuid = { version = \"1\", features = [\"serde\"] }\n\
        validator = { version = \"0.21\", features = [\"derive\"] }\n";
    let manifest = |name: &str, more: &str| {
        format!(
            "[package]\nname = \"{name}\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n\
             [dependencies]\n{dependencies}{more}"
        )
    };
    let povery = format!(
        "povery = {{ path = {:?}, default-features = false }}\n",
        root.join("povery")
    );
    let axum = "axum = { version = \"0.8\", default-features = false, features = [\"http1\", \"json\", \"query\", \"tokio\"] }\n\
        serde_json = \"1\"\ntokio = { version = \"1\", features = [\"macros\", \"net\", \"rt-multi-thread\"] }\n";
    let files = [
        (
            "Cargo.toml",
            "[workspace]\nresolver = \"3\"\nmembers = [\"on-axum\", \"on-povery\"]\n".to_owned(),
        ),
        ("on-povery/Cargo.toml", manifest("on-povery", &povery)),
        ("on-povery/src/main.rs", on_povery(routes)),
        ("on-axum/Cargo.toml", manifest("on-axum", axum)),
        ("on-axum/src/main.rs", on_axum(routes)),
    ];
    for (path, text) in files {
        let path: PathBuf = place.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    // The versions of the workspace, so that both stand on the same crates.
    fs::copy(root.join("Cargo.lock"), place.join("Cargo.lock")).unwrap();
}

/// What is the same in both: a DTO for each three routes, and what they answer.
fn dtos(count: usize) -> String {
    let mut text = String::from(
        "use serde::{Deserialize, Serialize};\nuse uuid::Uuid;\nuse validator::Validate;\n",
    );
    for number in 0..count {
        write!(
            text,
            "
#[derive(Deserialize, Validate)]
#[serde(rename_all = \"camelCase\")]
struct New{number} {{
    #[validate(length(min = 2, max = 50))]
    name: String,
    #[validate(email)]
    email: String,
    #[validate(range(min = 1, max = 100))]
    amount: u32,
    nick_name: Option<String>,
    tags: Vec<String>,
}}

#[derive(Serialize)]
struct Item{number} {{
    id: Uuid,
    name: String,
    email: String,
    amount: u32,
}}

impl Item{number} {{
    fn of(id: Uuid) -> Self {{
        Self {{ id, name: String::new(), email: String::new(), amount: 0 }}
    }}
}}
"
        )
        .unwrap();
    }
    text
}

fn on_povery(routes: usize) -> String {
    let mut text = String::from("use povery::{App, Json, PoveryError};\n");
    text.push_str(&dtos(routes.div_ceil(3)));
    for route in 0..routes {
        let number = route / 3;
        let (attribute, parameters, answer, body) = match route % 3 {
            0 => (
                format!("GET, \"/r{number}?<limit>&<after>\""),
                "#[validate(range(min = 1, max = 100))] limit: Option<u32>, after: Option<Uuid>"
                    .to_owned(),
                format!("Json<Vec<Item{number}>>"),
                format!(
                    "let _ = after;\n    Ok(Json((0..limit.unwrap_or(100)).map(|_| Item{number}::of(Uuid::nil())).collect()))"
                ),
            ),
            1 => (
                format!("GET, \"/r{number}/<id>\""),
                "id: Uuid".to_owned(),
                format!("Json<Item{number}>"),
                format!("Ok(Json(Item{number}::of(id)))"),
            ),
            _ => (
                format!("POST, \"/r{number}\", status = 201"),
                format!("Json(new): Json<New{number}>"),
                format!("Json<Item{number}>"),
                format!(
                    "let _ = (new.nick_name, new.tags);\n    Ok(Json(Item{number} {{ id: Uuid::nil(), name: new.name, email: new.email, amount: new.amount }}))"
                ),
            ),
        };
        write!(
            text,
            "\n#[povery::route({attribute})]\nasync fn route{route}({parameters}) -> Result<{answer}, PoveryError> {{\n    {body}\n}}\n"
        )
        .unwrap();
    }
    let names: Vec<String> = (0..routes).map(|route| format!("route{route}")).collect();
    write!(
        text,
        "\nfn main() -> povery::Exit {{\n    App::new().routes(povery::routes![{}]).run()\n}}\n",
        names.join(", ")
    )
    .unwrap();
    text
}

fn on_axum(routes: usize) -> String {
    let mut text = String::from(
        "use axum::extract::{Path, Query};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
",
    );
    text.push_str(&dtos(routes.div_ceil(3)));
    text.push_str(
        "
struct Invalid(validator::ValidationErrors);

impl From<validator::ValidationErrors> for Invalid {
    fn from(errors: validator::ValidationErrors) -> Self {
        Self(errors)
    }
}

impl IntoResponse for Invalid {
    fn into_response(self) -> Response {
        (StatusCode::BAD_REQUEST, Json(serde_json::json!({ \"errors\": self.0 }))).into_response()
    }
}

#[derive(Deserialize, Validate)]
struct Page {
    #[validate(range(min = 1, max = 100))]
    limit: Option<u32>,
    after: Option<Uuid>,
}
",
    );
    for route in 0..routes {
        let number = route / 3;
        let (parameters, answer, body) = match route % 3 {
            0 => (
                "Query(page): Query<Page>".to_owned(),
                format!("Json<Vec<Item{number}>>"),
                format!(
                    "page.validate()?;\n    let _ = page.after;\n    Ok(Json((0..page.limit.unwrap_or(100)).map(|_| Item{number}::of(Uuid::nil())).collect()))"
                ),
            ),
            1 => (
                "Path(id): Path<Uuid>".to_owned(),
                format!("Json<Item{number}>"),
                format!("Ok(Json(Item{number}::of(id)))"),
            ),
            _ => (
                format!("Json(new): Json<New{number}>"),
                format!("(StatusCode, Json<Item{number}>)"),
                format!(
                    "new.validate()?;\n    let _ = (new.nick_name, new.tags);\n    Ok((StatusCode::CREATED, Json(Item{number} {{ id: Uuid::nil(), name: new.name, email: new.email, amount: new.amount }})))"
                ),
            ),
        };
        write!(
            text,
            "\nasync fn route{route}({parameters}) -> Result<{answer}, Invalid> {{\n    {body}\n}}\n"
        )
        .unwrap();
    }
    text.push_str("\n#[tokio::main]\nasync fn main() {\n    let app = Router::new()");
    for number in 0..routes.div_ceil(3) {
        let route = number * 3;
        let has = |offset: usize| route + offset < routes;
        write!(text, "\n        .route(\"/r{number}\", get(route{route})").unwrap();
        if has(2) {
            write!(text, ".post(route{})", route + 2).unwrap();
        }
        text.push(')');
        if has(1) {
            write!(
                text,
                "\n        .route(\"/r{number}/{{id}}\", get(route{}))",
                route + 1
            )
            .unwrap();
        }
    }
    text.push_str(
        ";
    let listener = tokio::net::TcpListener::bind(\"127.0.0.1:3000\").await.unwrap();
    axum::serve(listener, app).await.unwrap();
}
",
    );
    text
}
