//! Messages of a queue: what is stored of them, and what comes back.

use std::time::{Duration, Instant};

use povery_tests::database::{connect, users_database};
use povery_tests::function::RuntimeHost;
use secrecy::ExposeSecret;
use serde_json::{Value, json};

use super::{BOUND, probe};

fn batch(queue: &str, bodies: &[&str]) -> Value {
    let arn = format!("arn:aws:sqs:eu-central-1:123456789012:{queue}");
    let messages = bodies.iter().enumerate().map(|(at, body)| {
        let id = (at + 1).to_string();
        json!({"messageId": id, "body": body, "eventSource": "aws:sqs", "eventSourceARN": arn})
    });
    json!({"Records": messages.collect::<Vec<_>>()})
}

fn failed(ids: &[&str]) -> Value {
    let failures: Vec<_> = ids
        .iter()
        .map(|id| json!({ "itemIdentifier": id }))
        .collect();
    json!({ "batchItemFailures": failures })
}

#[tokio::test]
async fn the_transaction_of_a_message_is_stored_where_it_is_done() {
    let database = users_database().await;
    let function = probe().env("DATABASE_URL", database.url().expose_secret());
    let host = RuntimeHost::start(function).await;
    let bodies = [
        r#"{"email":"ada@example.com"}"#,
        r#"{"email":"nobody@example.com"}"#,
        r#"{"email":"a secret"}"#,
        r#"{"email":"a secret"#,
        r#"{"email":"bob@example.com"}"#,
    ];
    let answer = host
        .invoke(batch("users", &bodies))
        .await
        .expect("an answer");
    assert_eq!(answer, failed(&["2", "3", "4"]), "{}", host.log());
    let mut client = connect(&database).await;
    let stored: Vec<String> = sqlx::query_scalar("SELECT email FROM users ORDER BY email")
        .fetch_all(&mut client)
        .await
        .expect("the users");
    assert_eq!(stored, ["ada@example.com", "bob@example.com"]);
    for told in [
        "UNPROCESSABLE",
        "email (email)",
        "MALFORMED_JSON",
        "on_user",
    ] {
        host.process().wait_for_line(told, BOUND).await;
    }
    assert!(!host.log().contains("a secret"), "{}", host.log());
    // Delivered again, what is stored is refused by its key.
    let again = host
        .invoke(batch("users", &bodies[..1]))
        .await
        .expect("an answer");
    assert_eq!(again, failed(&["1"]));
}

#[tokio::test]
async fn each_of_the_messages_that_are_handled_at_once_has_a_connection() {
    let database = users_database().await;
    let function = probe().env("DATABASE_URL", database.url().expose_secret());
    let host = RuntimeHost::start(function).await;
    let answer = host.invoke(batch("meeting", &["", "", "", ""])).await;
    assert_eq!(answer, Ok(Value::Null), "{}", host.log());
}

#[tokio::test]
async fn what_the_time_does_not_suffice_for_is_answered_before_the_end() {
    let timeout = Duration::from_secs(2);
    let host = RuntimeHost::start(probe().timeout(timeout)).await;
    // The first one has the start of the function in it.
    host.invoke(json!({})).await.expect("an answer");
    let start = Instant::now();
    let answer = host
        .invoke(batch("slow", &["", "", ""]))
        .await
        .expect("an answer");
    assert_eq!(answer, failed(&["2", "3"]));
    assert!(start.elapsed() < timeout, "{:?}", start.elapsed());
    let told = "1 of 3 records were not begun";
    host.process().wait_for_line(told, BOUND).await;
}

#[tokio::test]
async fn an_event_that_no_handler_is_for_is_told_with_what_there_is() {
    let host = RuntimeHost::start(probe()).await;
    let error = host
        .invoke(batch("others", &["{}"]))
        .await
        .expect_err("of no handler");
    assert_eq!(error.error_type, "Povery.UnknownEvent");
    for told in ["`sqs`", "queue `users`", "queue `slow`", "`custom`"] {
        assert!(error.message.contains(told), "{told}: {error}");
    }
}

#[tokio::test]
async fn a_connection_is_validated_once_for_all_messages_of_a_batch() {
    let database = users_database().await;
    let function = probe().env("DATABASE_URL", database.url().expose_secret());
    let host = RuntimeHost::start(function).await;
    let validations = async || {
        host.invoke(json!({"action": "validations"}))
            .await
            .expect("a number")
    };
    // In order, so that one connection serves all of them.
    let bodies = [r#"{"email":"nobody@example.com"}"#];
    let wake = host
        .invoke(batch("users", &bodies))
        .await
        .expect("an answer");
    assert_eq!(wake, failed(&["1"]));
    let before = validations().await.as_u64().expect("a number");
    let bodies = [
        r#"{"email":"ada@example.com"}"#,
        r#"{"email":"eve@example.com"}"#,
        r#"{"email":"bob@example.com"}"#,
    ];
    let answer = host.invoke(batch("in-turn", &bodies)).await;
    assert_eq!(answer, Ok(Value::Null), "{}", host.log());
    assert_eq!(validations().await, before + 1);
}
