//! What the log of a function tells of its connections, and what it does not.

use povery_tests::database::{connect, users_database};
use povery_tests::function::RuntimeHost;
use secrecy::ExposeSecret;
use serde_json::Value;

use super::{ends_well, get, probe};

/// An event with this message and these fields, one of which says `what`.
fn told(log: &str, message: &str, fields: &[&str], what: &str) {
    let events = log
        .lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let there = events.into_iter().any(|event| {
        event["message"] == message
            && fields.iter().all(|field| !event[*field].is_null())
            && fields
                .iter()
                .any(|field| event[*field].to_string().contains(what))
    });
    assert!(there, "{message}, {fields:?}, {what} in:\n{log}");
}

#[tokio::test]
async fn what_becomes_of_connections_is_told_with_reasons_and_without_secrets() {
    let database = users_database().await;
    let mut watching = connect(&database).await;
    let function = probe("pool")
        .env("DATABASE_URL", database.url().expose_secret())
        .env("RUST_LOG", "trace");
    let host = RuntimeHost::start(function).await;
    let (status, backend) = get(&host, "/backend").await;
    assert_eq!(status, 200, "{backend}");
    let pid: i32 = backend.parse().expect("a process id");
    sqlx::query("SELECT pg_terminate_backend($1, 5000)")
        .bind(pid)
        .execute(&mut watching)
        .await
        .expect("it ends");
    assert_eq!(get(&host, "/backend").await.0, 200);
    ends_well(&host).await;
    let log = host.log();
    told(&log, "connected", &["database", "ms"], "");
    told(
        &log,
        "validation failed",
        &["database", "error"],
        "terminating connection",
    );
    told(
        &log,
        "connection discarded",
        &["database", "reason"],
        "broken",
    );
    let password = database.password.expose_secret();
    assert!(!log.contains(password), "the password is in the log");
}

#[tokio::test]
async fn a_refused_login_is_told_with_what_is_asked_for_and_without_the_password() {
    let database = users_database().await;
    let url = format!(
        "postgres://{}:canary-word@127.0.0.1:{}/shop",
        database.user, database.port
    );
    let function = probe("pool")
        .env("DATABASE_URL", url)
        .env("RUST_LOG", "trace");
    let host = RuntimeHost::start(function).await;
    assert_eq!(get(&host, "/backend").await.0, 503);
    let log = host.log();
    told(
        &log,
        "connecting failed",
        &["database", "error"],
        "password authentication failed",
    );
    for want in ["Current", "Pending"] {
        told(
            &log,
            "credentials asked for again",
            &["database", "want"],
            want,
        );
    }
    assert!(!log.contains("canary-word"), "the password is in the log");
}
