//! Actions, from the bytes of an event to those of the answer.

use std::time::Duration;

use serde_json::{Value, json};

use super::*;
use crate::prelude::*;
use crate::request::Deadline;
use crate::{self as povery, Unvalidated};

#[derive(serde::Deserialize, Validate)]
struct Numbers {
    #[validate(length(min = 1))]
    numbers: Vec<i64>,
}

#[povery::action(crate = crate)]
async fn sum(Json(numbers): Json<Numbers>) -> Json<i64> {
    Json(numbers.numbers.iter().sum())
}

#[povery::action("echo", crate = crate)]
async fn said_again(
    value: Option<Unvalidated<Json<Value>>>,
    id: RequestId,
) -> Json<(Option<Value>, String)> {
    let value = value.map(|Unvalidated(Json(value))| value);
    Json((value, id.as_str().to_owned()))
}

#[povery::action(crate = crate)]
async fn nothing() {}

#[povery::action(crate = crate)]
async fn refuse(Unvalidated(Json(status)): Unvalidated<Json<u16>>) -> Result<(), PoveryError> {
    let status = StatusCode::from_u16(status).map_err(PoveryError::internal)?;
    Err(PoveryError::new(status, "Refused").with_source("a secret"))
}

#[povery::action(crate = crate)]
async fn panic() {
    panic!("a secret")
}

#[povery::action(crate = crate)]
async fn wait() {
    std::future::pending().await
}

fn app() -> App {
    App::new().actions(povery::actions![
        sum, said_again, nothing, refuse, panic, wait
    ])
}

async fn within(app: &App, event: Value, deadline: Deadline) -> Result<Value, Failure> {
    let lambda = LambdaContext {
        deadline,
        ..LambdaContext::default()
    };
    let event = Bytes::from(event.to_string());
    let id = RequestId::from("r-1");
    let answer = invoke(app, Unknown::Other, &event, &id, lambda.into()).await?;
    Ok(serde_json::from_slice(&answer).expect("JSON"))
}

async fn invoked(event: Value) -> Result<Value, Failure> {
    within(&app(), event, Deadline::NONE).await
}

fn failure(kind: &str, message: &str) -> Result<Value, Failure> {
    Err(Failure {
        kind: kind.to_owned(),
        message: message.to_owned(),
    })
}

#[tokio::test]
async fn a_listed_action_answers_with_its_value() {
    for (event, answer) in [
        (
            json!({"action": "sum", "payload": {"numbers": [1, 2]}}),
            json!(3),
        ),
        (
            json!({"action": "echo", "payload": {"a": [1]}}),
            json!([{"a": [1]}, "r-1"]),
        ),
        (json!({"action": "echo"}), json!([null, "r-1"])),
        (json!({"action": "nothing"}), json!(null)),
    ] {
        assert_eq!(invoked(event.clone()).await, Ok(answer), "{event}");
    }
}

#[tokio::test]
async fn faults_of_the_payload_are_all_told_in_the_last_line() {
    let event = json!({"action": "sum", "payload": {"numbers": []}});
    let told = r#"[{"property":"numbers","in":"body","constraints":{"length":"must have at least 1 item"}}]"#;
    let Failure { kind, message } = invoked(event).await.unwrap_err();
    assert_eq!(kind, "VALIDATION_FAILED");
    let (sentence, faults) = message.split_once('\n').expect("two lines");
    assert_eq!(sentence, "Validation failed");
    let faults: Value = serde_json::from_str(faults).expect("JSON");
    let expected: Value = serde_json::from_str(told).expect("JSON");
    assert_eq!(faults[0]["property"], expected[0]["property"]);
    assert_eq!(faults[0]["in"], "body");
    let missing = invoked(json!({"action": "sum"})).await.unwrap_err();
    assert_eq!(missing.kind, "VALIDATION_FAILED");
    assert!(
        missing.message.contains(r#""required""#),
        "{}",
        missing.message
    );
}

#[tokio::test]
async fn errors_are_told_without_their_sources() {
    for (status, kind) in [
        (409, "CONFLICT"),
        (500, "INTERNAL"),
        (503, "SERVICE_UNAVAILABLE"),
    ] {
        let event = json!({"action": "refuse", "payload": status});
        assert_eq!(invoked(event).await, failure(kind, "Refused"));
    }
    let panicked = invoked(json!({"action": "panic"})).await;
    assert_eq!(panicked, failure("INTERNAL", "Internal server error"));
}

#[tokio::test(start_paused = true)]
async fn an_action_is_given_up_before_the_invocation_ends() {
    let soon = Deadline::after(Duration::from_millis(300));
    let answer = within(&app(), json!({"action": "wait"}), soon).await;
    assert_eq!(answer, failure("TIMEOUT", "The request took too long"));
}

#[tokio::test]
async fn what_is_not_listed_is_not_called() {
    for name in ["wait ", "Sum", "said_again", "", "drop"] {
        let Failure { kind, message } = invoked(json!({ "action": name })).await.unwrap_err();
        assert_eq!(kind, "Povery.UnknownAction");
        let listed = "the actions `sum`, `echo`, `nothing`, `refuse`, `panic`, `wait`";
        assert!(message.ends_with(listed), "{message}");
    }
    let Failure { kind, message } = invoked(json!({"actions": "sum"})).await.unwrap_err();
    assert_eq!(kind, "Povery.UnknownEvent");
    assert!(message.contains("`sum`, `echo`"), "{message}");
}

#[tokio::test]
async fn what_has_a_sign_of_a_gateway_is_no_action() {
    for unknown in [
        Unknown::Gateway,
        Unknown::Unreadable,
        Unknown::Field("body"),
        Unknown::WebSocket,
        Unknown::Authorizer,
        Unknown::LatticeV1,
    ] {
        let event = Bytes::from(json!({"action": "nothing"}).to_string());
        let id = RequestId::from("r-1");
        let answer = invoke(&app(), unknown, &event, &id, Arc::default()).await;
        assert_eq!(
            answer.unwrap_err().kind,
            "Povery.UnknownEvent",
            "{unknown:?}"
        );
    }
}

#[povery::action("sum", crate = crate)]
async fn another_sum() {}

#[povery::action(roles("ADMIN"), crate = crate)]
async fn admin() {}

#[tokio::test]
async fn actions_that_cannot_be_called_keep_the_application_from_starting() {
    let app = App::new()
        .actions(povery::actions![sum, admin])
        .actions(povery::actions![another_sum]);
    let mistakes = app.check().unwrap_err().to_string();
    let lines: Vec<&str> = mistakes.lines().collect();
    assert_eq!(lines.len(), 2, "{mistakes}");
    assert!(
        lines[0].contains("`admin`") && lines[0].contains("asks for roles"),
        "{mistakes}"
    );
    assert!(
        lines[1].contains("`another_sum`") && lines[1].contains("rename one"),
        "{mistakes}"
    );
    let answer = within(&app, json!({"action": "admin"}), Deadline::NONE).await;
    assert_eq!(
        answer,
        failure("FORBIDDEN", "This action is closed to everyone")
    );
}
