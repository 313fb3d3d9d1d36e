//! A wrong configuration is one clear line in the log and a 503, never a panic or a secret.

use std::net::TcpListener;
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, Method};
use povery_tests::binary::{Variant, users_binary};
use povery_tests::function::Function;
use povery_tests::home::Home;
use povery_tests::lambda_home::LambdaHome;
use povery_tests::moto::{Moto, Secret};
use serde_json::json;

/// For a line to reach the log.
const BOUND: Duration = Duration::from_secs(10);

const CANARY: &str = "canary-Pa55word";

fn function() -> Function {
    Function::new(users_binary(Variant::Deployed))
}

/// Sends one request and checks the answer and the log.
async fn fails_with(function: Function, expected: &str) {
    let home = LambdaHome::start(function).await;
    for (method, message) in [
        (Method::GET, "Failed to fetch users"),
        (Method::POST, "Failed to create user"),
    ] {
        let mut headers = HeaderMap::new();
        headers.insert("content-type", "application/json".parse().unwrap());
        let body = json!({"name": "Ada", "email": "ada@example.com"}).to_string();
        let before = home.host().log().lines().count();
        let answer = home
            .send(method, "/users", headers, Bytes::from(body))
            .await;
        assert_eq!(
            answer.status,
            503,
            "{expected}: {answer:?}\n{}",
            home.host().log()
        );
        assert!(
            answer
                .header("retry-after")
                .is_some_and(|after| after.parse::<u32>().is_ok()),
            "{answer:?}"
        );
        let body = answer.json();
        assert_eq!(
            (&body["errorMessage"], &body["errorCode"]),
            (&json!(message), &json!("SERVICE_UNAVAILABLE"))
        );

        // The log may be read a moment after the answer.
        let id = body["requestId"].as_str().unwrap();
        home.host().process().wait_for_line(id, BOUND).await;
        let log = home.host().log();
        let errors: Vec<&str> = log
            .lines()
            .skip(before)
            .filter(|line| line.contains("ERROR"))
            .collect();
        assert_eq!(errors.len(), 1, "one line for one failure:\n{log}");
        assert!(
            errors[0].contains(expected),
            "expected `{expected}` in:\n{log}"
        );
        assert!(errors[0].contains(id), "{log}");
        assert!(!log.contains(CANARY) && !log.contains("panicked"), "{log}");
        assert!(!format!("{answer:?}").contains(CANARY));
    }
}

#[tokio::test]
async fn no_database_is_configured() {
    fails_with(
        function(),
        "no database is configured: set DB_SECRET_ID or DATABASE_URL",
    )
    .await;
    // An empty variable counts as unset.
    fails_with(
        function().env("DB_SECRET_ID", "").env("DATABASE_URL", ""),
        "no database is configured",
    )
    .await;
}

#[tokio::test]
async fn tokens_without_the_feature_or_beside_a_secret() {
    fails_with(
        function().env("DB_IAM", "true"),
        "DB_IAM wants a program that is built with povery's feature `rds-iam`",
    )
    .await;
    fails_with(
        function().env("DB_IAM", "true").env("DB_SECRET_ID", "s"),
        "DB_SECRET_ID and DB_IAM are both set",
    )
    .await;
}

#[tokio::test]
async fn the_secret_is_missing_or_wrong() {
    let moto = Moto::start().await;
    let with = |name: &str| {
        let function = function().env("DB_SECRET_ID", name);
        moto.environment()
            .into_iter()
            .fold(function, |function, (name, value)| {
                function.env(name, value)
            })
    };
    fails_with(
        with("absent"),
        "secret `absent`: Secrets Manager can't find the specified secret",
    )
    .await;

    moto.create_secret("binary", Secret::Binary(CANARY.as_bytes()))
        .await;
    fails_with(with("binary"), "secret `binary`: it is binary").await;

    let whole =
        json!({"host": "127.0.0.1", "user": "u", "password": CANARY, "database": "d", "port": 1});
    let without = |field: &str| {
        let mut secret = whole.clone();
        secret.as_object_mut().unwrap().remove(field);
        secret.to_string()
    };
    let with_port = |port: serde_json::Value| {
        let mut secret = whole.clone();
        secret["port"] = port;
        secret.to_string()
    };
    let mut elsewhere = whole.clone();
    elsewhere["host"] = json!("db.example");
    elsewhere["ssl"] = json!(false);
    let cases = [
        ("blank", " ".to_owned(), "it is empty"),
        ("text", CANARY.to_owned(), "it is not a JSON object"),
        (
            "list",
            json!([CANARY]).to_string(),
            "it is not a JSON object",
        ),
        (
            "host",
            without("host"),
            "the field `host` is missing and DB_HOST is not set",
        ),
        ("user", without("user"), "the field `user` is missing"),
        (
            "password",
            without("password"),
            "the field `password` is missing",
        ),
        (
            "database",
            without("database"),
            "the field `database` is missing and DB_NAME is not set",
        ),
        (
            "port",
            with_port(json!("many")),
            "the field `port` must be a number",
        ),
        (
            "clear",
            elsewhere.to_string(),
            "`ssl` is false, but the database is on another machine",
        ),
    ];
    for (name, secret, expected) in cases {
        moto.create_secret(name, Secret::Text(&secret)).await;
        fails_with(with(name), expected).await;
    }
}

#[tokio::test]
async fn secrets_manager_cannot_be_reached_or_asked() {
    let function = function()
        .env("DB_SECRET_ID", "s")
        .env("AWS_REGION", "eu-central-1");
    fails_with(function.clone(), "secret `s`: AWS_ACCESS_KEY_ID is not set").await;
    let function = function
        .env("AWS_ACCESS_KEY_ID", CANARY)
        .env("AWS_SECRET_ACCESS_KEY", CANARY);
    // Takes connections and never answers, as a function without a route to it sees it.
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", silent.local_addr().unwrap());
    let hanging = function.clone().env("AWS_ENDPOINT_URL", url);
    fails_with(hanging, "secret `s`: Secrets Manager did not answer").await;
    fails_with(
        function.env("AWS_ENDPOINT_URL", "http://127.0.0.1:1"),
        "secret `s`: Secrets Manager cannot be reached",
    )
    .await;
}

#[tokio::test]
async fn the_database_cannot_be_reached() {
    let url = |port: u16| format!("postgres://u:{CANARY}@127.0.0.1:{port}/d");
    fails_with(function().env("DATABASE_URL", url(1)), "Connection refused").await;
    // Takes connections and never answers.
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = silent.local_addr().unwrap().port();
    fails_with(
        function().env("DATABASE_URL", url(port)),
        &format!("no answer from 127.0.0.1:{port} within 2 s"),
    )
    .await;
    fails_with(
        function().env("DATABASE_URL", CANARY),
        "DATABASE_URL: it is not a URL",
    )
    .await;
}

#[tokio::test]
async fn the_login_is_refused() {
    let database = povery_tests::database::users_database().await;
    let url = format!(
        "postgres://povery:{CANARY}@127.0.0.1:{}/{}",
        database.port, database.database
    );
    fails_with(
        function().env("DATABASE_URL", url),
        "password authentication failed",
    )
    .await;
}

#[tokio::test]
async fn certificates_that_cannot_be_read() {
    let url = format!("postgres://u:{CANARY}@db.example/d");
    let function = function()
        .env("DATABASE_URL", url)
        .env("DB_SSL_CA", "/nonexistent/ca.pem");
    fails_with(function, "DB_SSL_CA: `/nonexistent/ca.pem` cannot be read").await;
}
