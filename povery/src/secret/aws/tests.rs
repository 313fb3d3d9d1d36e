use std::time::Instant;

use secrecy::ExposeSecret;
use serde_json::json;

use super::super::fake::{Fake, Log, Step};
use super::*;

fn client_of(fake: &Fake) -> aws_sdk_secretsmanager::Client {
    let credentials = Credentials::new("AKID", "s3cret-key", None, None, "test");
    client("eu-west-1".into(), credentials, Some(fake.endpoint()))
}

fn text(text: &str) -> Step {
    let answer = json!({"Name": "app/db", "SecretString": text, "VersionId": "1"});
    Step::Answer(200, answer.to_string())
}

fn error(status: u16, code: &str) -> Step {
    let answer = json!({"__type": code, "message": "Told by\nthe service"});
    Step::Answer(status, answer.to_string())
}

async fn fetched(fake: &Fake, want: Want) -> Result<Option<String>, String> {
    let fetched = fetch_with(&client_of(fake), "app/db", want).await;
    fetched.map(|text| text.map(|text| text.expose_secret().to_owned()))
}

#[tokio::test]
async fn the_stage_is_always_named() {
    for (want, stage) in [
        (Want::Kept, "AWSCURRENT"),
        (Want::Current, "AWSCURRENT"),
        (Want::Pending, "AWSPENDING"),
    ] {
        let fake = Fake::start([text("one")]).await;
        assert_eq!(fetched(&fake, want).await, Ok(Some("one".to_owned())));
        let request = &fake.seen()[0].text;
        assert!(
            request.contains(&format!(r#""VersionStage":"{stage}""#)),
            "{request}"
        );
    }
}

#[tokio::test]
async fn neither_the_secret_nor_the_key_is_in_any_log() {
    let fake = Fake::start([text("canary-Pa55")]).await;
    let log = Log::of_everything();
    let fetched = fetched(&fake, Want::Kept).await;
    assert_eq!(fetched, Ok(Some("canary-Pa55".to_owned())));
    log.has_none_of(&["canary-Pa55", "s3cret-key"]);
}

#[tokio::test]
async fn throttling_and_failures_are_outlasted() {
    let failing = [
        error(400, "ThrottlingException"),
        error(500, "InternalServiceError"),
        text("one"),
    ];
    let fake = Fake::start(failing).await;
    assert_eq!(fetched(&fake, Want::Kept).await, Ok(Some("one".to_owned())));
    assert_eq!(fake.seen().len(), 3);
}

#[tokio::test]
async fn a_connection_that_died_while_it_was_idle_costs_no_fetch() {
    for died in [Step::Cut, Step::Hang] {
        let fake = Fake::start([text("one"), died, text("two")]).await;
        let client = client_of(&fake);
        let first = fetch_with(&client, "app/db", Want::Kept).await.unwrap();
        assert_eq!(first.unwrap().expose_secret(), "one");
        let start = Instant::now();
        let second = fetch_with(&client, "app/db", Want::Kept).await.unwrap();
        assert_eq!(second.unwrap().expose_secret(), "two");
        assert!(start.elapsed() < Duration::from_millis(2_500));
        let connections = fake.seen();
        let connections = connections.iter().map(|seen| seen.connection);
        assert_eq!(connections.collect::<Vec<_>>(), [0, 0, 1]);
    }
}

#[tokio::test]
async fn what_is_wrong_is_one_line_of_the_service_alone() {
    let cases = [
        (
            error(400, "ResourceNotFoundException"),
            "Told by the service (ResourceNotFoundException)",
        ),
        (
            error(400, "AccessDeniedException"),
            "Told by the service (AccessDeniedException)",
        ),
        (
            error(500, "InternalServiceError"),
            "Told by the service (InternalServiceError)",
        ),
        (
            Step::Answer(200, json!({"SecretBinary": "czNjcmV0"}).to_string()),
            "it is binary; povery reads a JSON string",
        ),
        (
            Step::Answer(200, "s3cret".to_owned()),
            "Secrets Manager gave an answer that cannot be read",
        ),
    ];
    for (step, expected) in cases {
        let fake = Fake::start([step]).await;
        assert_eq!(fetched(&fake, Want::Kept).await, Err(expected.to_owned()));
    }
}

#[tokio::test]
async fn a_pending_version_may_be_absent() {
    let fake = Fake::start([error(400, "ResourceNotFoundException")]).await;
    assert_eq!(fetched(&fake, Want::Pending).await, Ok(None));
    let fake = Fake::start([error(400, "AccessDeniedException")]).await;
    assert!(fetched(&fake, Want::Pending).await.is_err());
}

#[tokio::test]
async fn a_service_that_hangs_or_is_not_there_is_told_in_time() {
    let fake = Fake::start([Step::Hang]).await;
    let start = Instant::now();
    let error = fetched(&fake, Want::Kept).await.unwrap_err();
    assert!(
        error.starts_with("Secrets Manager did not answer in time"),
        "{error}"
    );
    // Each attempt is bounded; the fetch as a whole is so by the cache.
    assert!(start.elapsed() < ATTEMPT * 3 + Duration::from_secs(1));

    let credentials = Credentials::new("AKID", "s3cret-key", None, None, "test");
    let nowhere = client(
        "eu-west-1".into(),
        credentials,
        Some("http://127.0.0.1:1".into()),
    );
    let error = fetch_with(&nowhere, "app/db", Want::Kept)
        .await
        .unwrap_err();
    assert!(
        error.starts_with("Secrets Manager cannot be reached") && !error.contains("s3cret"),
        "{error}"
    );
}
