//! The local server: `cargo run -p users`.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::time::{Duration, Instant};

use bytes::Bytes;
use http::{HeaderMap, Method, header};
use povery_tests::home::{Answer, Home};
use povery_tests::local_home::{LocalHome, users_command};
use povery_tests::process::{Guarded, Signal};
use povery_tests::scenario::users_scenario;
use povery_tests::scratch::{Scratch, processes_in};
use serde_json::json;

const BOUND: Duration = Duration::from_secs(30);

/// Waits until no process works in the directory.
pub(crate) async fn is_left_alone(data: &Scratch) {
    let since = Instant::now();
    loop {
        let here = processes_in(data.path());
        if here.is_empty() {
            return;
        }
        assert!(since.elapsed() < BOUND, "{here:?} still work in {data:?}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

async fn get(home: &LocalHome, target: &str) -> Answer {
    home.home()
        .send(Method::GET, target, HeaderMap::new(), Bytes::new())
        .await
}

async fn create(home: &LocalHome, email: &str) -> Answer {
    let mut headers = HeaderMap::new();
    headers.insert(header::CONTENT_TYPE, "application/json".parse().unwrap());
    let body = json!({"name": "Ada", "email": email}).to_string();
    home.home()
        .send(Method::POST, "/users", headers, body.into())
        .await
}

#[tokio::test]
async fn the_scenario_over_http() {
    let data = Scratch::new();
    let server = LocalHome::start(data.path()).await;
    users_scenario(&server.home()).await;

    let log = server.process().log();
    for part in [
        "GET     /users?<limit>&<after>  A page of users, newest first.",
        "POST    /users",
        data.path().to_str().unwrap(),
    ] {
        assert!(log.contains(part), "the banner lacks `{part}`:\n{log}");
    }
    let lines = log
        .lines()
        .filter(|line| line.contains(" INFO POST /users 201 "))
        .count();
    assert!(lines > 5, "each request has a line:\n{log}");
    assert!(!log.contains("ERROR"), "{log}");

    server.process().signal(Signal::INT);
    assert!(
        server.process().wait(BOUND).unwrap().success(),
        "{}",
        server.process().log()
    );
    is_left_alone(&data).await;
}

#[tokio::test]
async fn a_second_start_is_quick_and_has_the_data() {
    let data = Scratch::new();
    let first = LocalHome::start(data.path()).await;
    assert_eq!(create(&first, "kept@example.com").await.status, 201);
    // The hardest end there is.
    first.process().kill();
    is_left_alone(&data).await;

    let since = Instant::now();
    let second = LocalHome::start(data.path()).await;
    let took = since.elapsed();
    println!("a second start took {took:?}");
    assert!(took < Duration::from_secs(2), "{took:?}");
    let users = get(&second, "/users").await.json();
    assert_eq!(users["users"][0]["email"], "kept@example.com");
}

#[tokio::test]
async fn a_second_process_works_beside_the_first_and_takes_over() {
    let data = Scratch::new();
    let first = LocalHome::start(data.path()).await;
    assert_eq!(create(&first, "shared@example.com").await.status, 201);
    let second = LocalHome::start(data.path()).await;
    assert_eq!(
        get(&second, "/users").await.json()["users"][0]["email"],
        "shared@example.com"
    );

    first.process().signal(Signal::INT);
    assert!(first.process().wait(BOUND).unwrap().success());
    let answer = get(&second, "/users").await;
    assert_eq!(answer.status, 200, "{answer:?}\n{}", second.process().log());
    assert_eq!(answer.json()["users"][0]["email"], "shared@example.com");
}

#[tokio::test]
async fn a_request_under_way_is_answered_before_the_end() {
    let data = Scratch::new();
    let server = LocalHome::start(data.path()).await;
    let mut stream = TcpStream::connect(server.address()).unwrap();
    stream.set_read_timeout(Some(BOUND)).unwrap();
    let body = json!({"name": "Ada", "email": "late@example.com"}).to_string();
    let head = format!(
        "POST /users HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes()).unwrap();
    let (start, rest) = body.split_at(10);
    stream.write_all(start.as_bytes()).unwrap();
    // The server has begun with the request once it has begun with one sent after it.
    assert_eq!(get(&server, "/users").await.status, 200);

    server.process().signal(Signal::INT);
    server.process().wait_for_line("stopping", BOUND).await;
    assert!(
        TcpStream::connect(server.address()).is_err(),
        "no new connection is taken"
    );
    stream.write_all(rest.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 201"), "{answer}");
    assert!(
        server.process().wait(BOUND).unwrap().success(),
        "{}",
        server.process().log()
    );
}

#[tokio::test]
async fn a_second_signal_ends_at_once() {
    let data = Scratch::new();
    let server = LocalHome::start(data.path()).await;
    let mut stream = TcpStream::connect(server.address()).unwrap();
    let head = "POST /users HTTP/1.1\r\nhost: x\r\ncontent-length: 5\r\n\r\n{";
    stream.write_all(head.as_bytes()).unwrap();
    assert_eq!(get(&server, "/users").await.status, 200);
    server.process().signal(Signal::TERM);
    server.process().wait_for_line("stopping", BOUND).await;
    let since = Instant::now();
    server.process().signal(Signal::TERM);
    assert!(server.process().wait(BOUND).unwrap().success());
    assert!(
        since.elapsed() < Duration::from_secs(5),
        "{:?}",
        since.elapsed()
    );
    is_left_alone(&data).await;
}

#[tokio::test]
async fn a_body_that_breaks_off_is_answered_and_logged() {
    let data = Scratch::new();
    let server = LocalHome::start(data.path()).await;
    let mut stream = TcpStream::connect(server.address()).unwrap();
    stream.set_read_timeout(Some(BOUND)).unwrap();
    let request = "POST /users HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n";
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(
        answer.starts_with("HTTP/1.1 400") && answer.contains("BAD_REQUEST"),
        "{answer}"
    );
    server
        .process()
        .wait_for_line("POST /users 400", BOUND)
        .await;
}

#[tokio::test]
async fn a_port_that_is_taken_is_said_at_once() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port();
    let mut command = users_command();
    command.env("PORT", port.to_string());
    let process = Guarded::spawn("users", command);
    assert!(!process.wait(BOUND).unwrap().success());
    let log = process.log();
    assert!(
        log.contains(&format!("error: port {port} on 127.0.0.1 is taken")),
        "{log}"
    );
    assert!(log.contains("--port"), "{log}");
    assert_eq!(log.lines().count(), 1, "{log}");
}

#[tokio::test]
async fn the_command_line() {
    let run = |arguments: &[&str]| {
        let mut command = users_command();
        command
            .args(arguments)
            .env("DATABASE_URL", "postgres://nobody@127.0.0.1:1/none");
        let process = Guarded::spawn("users", command);
        let ended = process.wait(BOUND).unwrap();
        (ended.success(), process.log())
    };
    let (success, text) = run(&["--help"]);
    assert!(
        success
            && text.contains("users [OPTIONS]")
            && text.contains("--port")
            && text.contains("template")
            && text.contains("migrate"),
        "{text}"
    );
    let (success, text) = run(&["routes"]);
    assert!(
        success && text.lines().count() == 3 && text.contains("GET     /users/<id>"),
        "{text}"
    );
    let (success, text) = run(&["--prot", "1"]);
    assert!(!success && text.contains("--port"), "{text}");
    let (success, text) = run(&["--port", "70000"]);
    assert!(!success && text.contains("70000"), "{text}");
    let (success, text) = run(&["migrate"]);
    assert!(!success && text.starts_with("error: "), "{text}");
}

#[tokio::test]
async fn migrate_prepares_a_configured_database_and_serving_does_not() {
    let data = Scratch::new();
    let postgres = povery::local::postgres::Launcher::new(data.path())
        .start()
        .await
        .unwrap();
    let url = secrecy::ExposeSecret::expose_secret(&postgres.connection().url()).to_owned();
    let mut migrate = users_command();
    migrate.arg("migrate").env("DATABASE_URL", &url);
    let mut serve = users_command();
    serve.args(["--port", "0"]).env("DATABASE_URL", &url);

    let server = Guarded::spawn("users", serve);
    let line = server.wait_for_line("Serving", BOUND).await;
    let address = line
        .split("http://")
        .nth(1)
        .unwrap()
        .split(' ')
        .next()
        .unwrap()
        .parse()
        .unwrap();
    let place = format!("povery@127.0.0.1:{}/povery", postgres.connection().port);
    assert!(
        server.log().contains(&place),
        "the banner says where the database is:\n{}",
        server.log()
    );
    let home = povery_tests::http_home::HttpHome::new(address);
    let list = async || {
        home.send(Method::GET, "/users", HeaderMap::new(), Bytes::new())
            .await
            .status
    };
    assert_eq!(list().await, 500, "there is no table yet");
    let process = Guarded::spawn("users migrate", migrate);
    assert!(process.wait(BOUND).unwrap().success(), "{}", process.log());
    assert!(
        process.log().contains("all 1 migrations"),
        "{}",
        process.log()
    );
    assert_eq!(list().await, 200);
    postgres.stop().await.unwrap();
}

#[tokio::test]
async fn another_history_of_migrations_is_told_with_what_to_do() {
    let data = Scratch::new();
    let first = LocalHome::start(data.path()).await;
    first.process().signal(Signal::INT);
    assert!(first.process().wait(BOUND).unwrap().success());
    let postgres = povery::local::postgres::Launcher::new(data.path())
        .start()
        .await
        .unwrap();
    let url = secrecy::ExposeSecret::expose_secret(&postgres.connection().url()).to_owned();
    let mut connection = <sqlx::PgConnection as sqlx::Connection>::connect(&url)
        .await
        .unwrap();
    for (change, why) in [
        (
            "UPDATE _sqlx_migrations SET checksum = ''",
            "was previously applied but has been modified",
        ),
        (
            "UPDATE _sqlx_migrations SET version = 99",
            "migration 99 was previously applied but is missing",
        ),
    ] {
        sqlx::query(change).execute(&mut connection).await.unwrap();
        let mut serve = users_command();
        serve
            .args(["--port", "0"])
            .env("POVERY_DATA_DIR", data.path());
        let process = Guarded::spawn("users", serve);
        assert!(!process.wait(BOUND).unwrap().success());
        let log = process.log();
        let error = log.lines().find(|line| line.starts_with("error: "));
        let error = error.unwrap_or_else(|| panic!("no error:\n{log}"));
        let kept = postgres.data_dir().to_str().unwrap();
        for part in [
            "error: the database cannot be migrated",
            why,
            kept,
            "POVERY_DATA_DIR",
        ] {
            assert!(error.contains(part), "`{part}` is missing:\n{log}");
        }
    }
    postgres.stop().await.unwrap();
}
