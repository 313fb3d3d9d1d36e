use http::HeaderMap;
use serde_json::json;

use super::*;
use crate::event::Body;
use crate::request::Deadline;

#[test]
fn the_time_left_survives_a_clock_that_jumps() {
    let now = SystemTime::UNIX_EPOCH + Duration::from_secs(1_000);
    assert_eq!(time_left(1_003_000, now), Duration::from_secs(3));
    assert_eq!(time_left(999_000, now), Duration::ZERO);
    assert_eq!(time_left(u64::MAX, now), Duration::from_secs(900));
}

fn context() -> Context {
    let mut headers = HeaderMap::new();
    for (name, value) in [
        ("lambda-runtime-deadline-ms", "1003000"),
        (
            "lambda-runtime-invoked-function-arn",
            "arn:aws:lambda:users:7",
        ),
        ("lambda-runtime-trace-id", "Root=1-2-3"),
        (
            "lambda-runtime-cognito-identity",
            r#"{"identity_id":"i","identity_pool_id":"p"}"#,
        ),
    ] {
        headers.insert(name, value.parse().unwrap());
    }
    let config = lambda_runtime::Config {
        function_name: "users".to_owned(),
        version: "7".to_owned(),
        memory: 256,
        ..Default::default()
    };
    Context::new("r-1", config.into(), &headers).unwrap()
}

/// The request of an event, with what the invocation says.
fn request(now: SystemTime) -> http::Request<Body> {
    let event = json!({
        "version": "2.0", "rawPath": "/users",
        "requestContext": {"http": {"method": "GET"}},
    });
    let event: Event = serde_json::from_str(&event.to_string()).unwrap();
    let mut request = event.0.unwrap().request.unwrap();
    let context = lambda_context(context(), now);
    attach(&mut request, RequestId::from("r-1"), context);
    request
}

#[test]
fn the_invocation_is_handed_on() {
    let request = request(SystemTime::now());
    let lambda = request.extensions().get::<LambdaContext>().unwrap();
    assert_eq!(lambda.request_id, "r-1");
    assert_eq!(lambda.function_arn, "arn:aws:lambda:users:7");
    assert_eq!(lambda.trace_id.as_deref(), Some("Root=1-2-3"));
    assert_eq!(
        (
            lambda.function_name.as_str(),
            lambda.function_version.as_str(),
            lambda.memory
        ),
        ("users", "7", Some(256))
    );
    assert_eq!(lambda.identity.as_ref().unwrap()["identityId"], "i");
    assert_eq!(
        (&lambda.client_context, lambda.deadline),
        (&None, Deadline::NONE)
    );
    let id = request.extensions().get::<RequestId>().unwrap();
    assert_eq!(id.as_str(), "r-1");
}

/// `cargo lambda watch` sends the same moment of 1970 every time.
#[test]
fn a_deadline_that_is_over_is_none() {
    assert!(
        request(SystemTime::now())
            .extensions()
            .get::<Deadline>()
            .is_some_and(|deadline| *deadline == Deadline::NONE)
    );

    let request = request(SystemTime::UNIX_EPOCH + Duration::from_secs(1_000));
    let deadline: &Deadline = request.extensions().get().unwrap();
    let left = deadline.remaining().unwrap();
    assert!(
        left > Duration::from_secs(2) && left <= Duration::from_secs(3),
        "{left:?}"
    );
}

#[tokio::test]
async fn what_is_no_http_is_the_error_of_its_invocation() {
    let event = br#"{"action": "admin", "secret": "s3cret"}"#;
    let (kind, message) = invoke(App::new(), event).await.unwrap_err();
    assert_eq!(kind, "Povery.UnknownEvent");
    assert!(
        message.contains("no `requestContext`") && !message.contains("s3cret"),
        "{message}"
    );
}

#[tokio::test]
async fn what_cannot_be_understood_in_one_way_is_an_ordinary_answer() {
    let event = |extra: Value| {
        let mut event = json!({
            "version": "2.0", "rawPath": "/users",
            "requestContext": {"http": {"method": "POST"}},
        });
        event
            .as_object_mut()
            .unwrap()
            .extend(extra.as_object().unwrap().clone());
        event
    };
    let cases = [
        (json!({"headers": {"x": "a\r\nb: c"}}), 400, "BAD_REQUEST"),
        (json!({"headers": {"a b": "c"}}), 400, "BAD_REQUEST"),
        (json!({"rawPath": "users"}), 400, "BAD_REQUEST"),
        (json!({"rawPath": "/%00"}), 400, "BAD_REQUEST"),
        (json!({"rawPath": "/a".repeat(40_000)}), 414, "URI_TOO_LONG"),
    ];
    for (extra, status, code) in cases {
        let answer = invoke(App::new(), event(extra.clone()).to_string().as_bytes()).await;
        let answer: Value = serde_json::from_slice(&answer.unwrap()).unwrap();
        assert_eq!(answer["statusCode"], status, "{answer}");
        let body: Value = serde_json::from_str(answer["body"].as_str().unwrap()).unwrap();
        assert_eq!(
            (&body["errorCode"], &body["requestId"]),
            (&json!(code), &json!("test"))
        );
    }
}

#[tokio::test]
async fn a_refused_head_has_no_body() {
    for (method, is_empty) in [("HEAD", true), ("GET", false)] {
        let event = serde_json::json!({
            "version": "2.0", "rawPath": "no-slash", "rawQueryString": "", "headers": {},
            "requestContext": {"http": {"method": method}},
        });
        let answer = invoke(App::new(), event.to_string().as_bytes())
            .await
            .unwrap();
        let answer: Value = serde_json::from_slice(&answer).unwrap();
        assert_eq!(answer["statusCode"], 400, "{answer}");
        assert_eq!(
            answer["body"].as_str().unwrap_or_default().is_empty(),
            is_empty,
            "{answer}"
        );
    }
}
