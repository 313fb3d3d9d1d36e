//! Actions of a function: defects 1 and 2 of the original are none here.

use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Method};
use povery_tests::event::payload_v2;
use povery_tests::function::RuntimeHost;
use serde_json::{Value, json};

use super::{BOUND, probe};

/// The events of every gateway that carry a call of the action in their bodies, and some beside them.
fn http_events() -> Vec<Value> {
    let call = json!({"action": "wipe", "payload": {}});
    let body = call.to_string();
    let mut headers = HeaderMap::new();
    headers.insert("content-type", HeaderValue::from_static("application/json"));
    let url = payload_v2(
        &Method::POST,
        "/anything",
        "",
        &headers,
        &Bytes::from(body.clone()),
    );
    let mut http_api = url.clone();
    http_api["requestContext"]["domainName"] =
        json!("povery.execute-api.eu-central-1.amazonaws.com");
    let old = |context: Value| {
        json!({
            "httpMethod": "POST", "path": "/anything", "body": body, "isBase64Encoded": false,
            "headers": {"content-type": "application/json"}, "requestContext": context,
        })
    };
    let rest = old(json!({"stage": "prod", "path": "/prod/anything", "resourcePath": "/{proxy+}"}));
    let alb = old(json!({"elb": {"targetGroupArn": "arn"}}));
    // No gateway sends these fields; a call would have them.
    let beside = |mut event: Value| {
        event["action"] = call["action"].clone();
        event["payload"] = call["payload"].clone();
        event
    };
    let events = [url, http_api, rest, alb];
    events
        .iter()
        .cloned()
        .chain(events.iter().cloned().map(beside))
        .collect()
}

#[tokio::test]
async fn the_body_of_an_http_request_calls_no_action() {
    let host = RuntimeHost::start(probe()).await;
    for event in http_events() {
        let answer = host.invoke(event.clone()).await.expect("an HTTP response");
        assert_eq!(answer["statusCode"], 200, "{event}: {answer}");
        let body = answer["body"].as_str().expect("text");
        let body: Value = serde_json::from_str(body).expect("JSON");
        assert_eq!(
            body,
            json!({"action": "wipe", "payload": {}}),
            "the route has answered"
        );
    }
    for context in [
        json!(null),
        json!({}),
        json!({"stage": 1}),
        json!([]),
        json!("x"),
    ] {
        let event = json!({"requestContext": context, "action": "wipe"});
        let error = host.invoke(event).await.expect_err("half of an HTTP event");
        assert_eq!(error.error_type, "Povery.UnknownEvent", "{error}");
    }
    assert!(!host.log().contains("wiped"), "{}", host.log());
    // It can be called, by whoever may invoke the function.
    let id = host
        .invoke(json!({"action": "wipe"}))
        .await
        .expect("the action");
    assert!(id.is_string(), "{id}");
    host.process().wait_for_line("wiped", BOUND).await;
}

#[tokio::test]
async fn a_direct_invocation_calls_listed_actions_only() {
    let host = RuntimeHost::start(probe()).await;
    for name in ["hidden", "admin", "echo", "on_user", "main", "Sum", ""] {
        let error = host.invoke(json!({"action": name, "payload": {}})).await;
        let error = error.expect_err(name);
        assert_eq!(error.error_type, "Povery.UnknownAction", "{name}: {error}");
        assert!(
            error
                .message
                .contains("the actions `sum`, `wipe`, `wait`, `validations`"),
            "{error}"
        );
    }
    assert!(!host.log().contains("wiped"), "{}", host.log());
    let sum = host
        .invoke(json!({"action": "sum", "payload": {"numbers": [1, 2]}}))
        .await;
    assert_eq!(sum.expect("the sum"), 3);
}

#[tokio::test]
async fn an_action_with_roles_keeps_the_function_from_starting() {
    let host = RuntimeHost::start(probe().env("PROBE", "roles")).await;
    let ended = host
        .process()
        .wait(Duration::from_secs(30))
        .expect("it ends");
    assert!(!ended.success(), "it {ended}");
    let log = host.log();
    assert!(
        log.contains("`admin`") && log.contains("asks for roles"),
        "{log}"
    );
}

#[tokio::test]
async fn errors_are_those_of_the_invocation_and_the_log_has_no_values() {
    let host = RuntimeHost::start(probe().timeout(Duration::from_secs(1))).await;
    let event = json!({"action": "sum", "payload": {"numbers": ["a secret"], "more": 1}});
    let error = host.invoke(event).await.expect_err("faulty");
    assert_eq!(error.error_type, "VALIDATION_FAILED");
    let (sentence, data) = error.message.split_once('\n').expect("two lines");
    assert_eq!(sentence, "Validation failed");
    let faults: Value = serde_json::from_str(data).expect("JSON");
    assert_eq!(faults[0]["property"], "numbers[0]");
    assert_eq!(faults[0]["in"], "body");
    host.process()
        .wait_for_line("numbers[0] (type)", BOUND)
        .await;
    assert!(!host.log().contains("a secret"), "{}", host.log());
    let error = host
        .invoke(json!({"action": "wait"}))
        .await
        .expect_err("too slow");
    assert_eq!(error.error_type, "TIMEOUT", "{error}");
}

#[tokio::test]
async fn the_rest_is_the_custom_handlers() {
    let host = RuntimeHost::start(probe()).await;
    for event in [
        json!({"task": "token"}),
        json!([1, 2]),
        json!("text"),
        json!({"Records": [{"eventSource": "aws:ses"}]}),
        json!({"action": "sum", "payload": {}, "more": 1}),
    ] {
        assert_eq!(host.invoke(event.clone()).await.as_ref(), Ok(&event));
    }
    let (_, refused) = host.invoke_bytes(Bytes::from_static(b"{\"a secret")).await;
    let error = refused.expect_err("no JSON");
    assert_eq!(error.error_type, "Povery.UnknownEvent");
    assert!(!error.message.contains("secret"), "{error}");
}
