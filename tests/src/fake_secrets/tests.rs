use std::time::Duration;

use http::{HeaderMap, HeaderValue, Method};

use super::*;
use crate::client::exchange;
use crate::home::Answer;

async fn get(secrets: &FakeSecrets, stage: &str) -> std::io::Result<Answer> {
    let mut headers = HeaderMap::new();
    let target = HeaderValue::from_static("secretsmanager.GetSecretValue");
    headers.insert("x-amz-target", target);
    let body = json!({"SecretId": FakeSecrets::ID, "VersionStage": stage}).to_string();
    let bound = Duration::from_millis(500);
    exchange(
        secrets.address,
        Method::POST,
        "/",
        headers,
        body.into(),
        bound,
    )
    .await
}

#[tokio::test]
async fn a_rotation_moves_the_stages() {
    let secrets = FakeSecrets::start("one").await;
    let text = async |stage| get(&secrets, stage).await.unwrap().json()["SecretString"].clone();
    assert_eq!(text("AWSCURRENT").await, "one");
    assert_eq!(text("AWSPENDING").await, Value::Null);
    secrets.begin_rotation("two");
    assert_eq!(text("AWSCURRENT").await, "one");
    assert_eq!(text("AWSPENDING").await, "two");
    secrets.finish_rotation();
    assert_eq!(text("AWSCURRENT").await, "two");
    assert_eq!((secrets.asked(), secrets.asked_for("AWSPENDING")), (5, 2));
}

#[tokio::test]
async fn it_fails_as_it_is_told() {
    let secrets = FakeSecrets::start("one").await;
    for (manner, status, kind) in [
        (Manner::Failing, 500, "InternalServiceError"),
        (Manner::Throttling, 400, "ThrottlingException"),
        (Manner::Deleted, 400, "ResourceNotFoundException"),
        (Manner::Denied, 400, "AccessDeniedException"),
    ] {
        secrets.set(manner);
        let answer = get(&secrets, "AWSCURRENT").await.unwrap();
        assert_eq!(
            (answer.status, &answer.json()["__type"]),
            (status, &json!(kind))
        );
    }
    for manner in [Manner::Hanging, Manner::Breaking] {
        secrets.set(manner);
        assert!(get(&secrets, "AWSCURRENT").await.is_err(), "{manner:?}");
    }
    assert_eq!(secrets.asked(), 6);
}
