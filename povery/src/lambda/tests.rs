use http::HeaderMap;
use serde_json::{Value, json};

use super::context::time_left;
use super::reply::attach;
use super::*;
use crate::error::PoveryError;
use crate::event::Http;
use crate::extract::Inputs;
use crate::observation::Observation;
use crate::request::{ClientAddr, Deadline, Host};
use crate::response::{IntoResponse, Response};
use crate::route::{Entry, Method, RouteDef, RouteTable, Segment};

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

/// What is known of an event's request, with what the invocation says.
fn host(now: SystemTime) -> Host {
    let event = json!({
        "version": "2.0", "rawPath": "/users",
        "requestContext": {"http": {"method": "GET"}},
    });
    let http = Http::read(&event.to_string().into());
    let mut host = http.ok().unwrap().request.ok().unwrap().head.host;
    let context = Arc::new(lambda_context(context(), now));
    let observation = Observation::new("r-1".into(), Some(Arc::clone(&context)));
    attach(&mut host, &Arc::new(observation), context);
    host
}

/// Where its address is asked for, the caller hears what is wrong with the headers, and not that there is none.
#[tokio::test]
async fn headers_that_cannot_be_are_what_is_wrong() {
    const ADDRESS: RouteDef = RouteDef::new(
        Method::Get,
        "-",
        &[],
        RouteDef::BROKEN.site,
        |mut inputs| {
            Box::pin(async move {
                let address = inputs.input::<ClientAddr>().await;
                inputs.settle()?;
                let ClientAddr(address) = inputs.resource(address).await?;
                address.to_string().into_response()
            })
        },
    );
    const ROUTES: RouteTable = RouteTable::new(&[Entry::One(&ADDRESS)]);
    for (header, status) in [("1", 200), ("a\u{1}", 400)] {
        let event = json!({
            "requestContext": {"elb": {}}, "httpMethod": "GET", "path": "/", "body": "",
            "headers": {"x-a": header, "x-forwarded-for": "192.0.2.1"},
        });
        let answer = invoke(App::new().routes(ROUTES), event.to_string().as_bytes()).await;
        let answer: Value = serde_json::from_slice(&answer.unwrap()).unwrap();
        assert_eq!(answer["statusCode"], status, "{answer}");
    }
}

#[test]
fn the_invocation_is_handed_on() {
    let host = host(SystemTime::now());
    let lambda = host.lambda.unwrap();
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
    assert_eq!(host.id.unwrap().as_str(), "r-1");
    assert!(host.gateway.is_some());
}

/// `cargo lambda watch` sends the same moment of 1970 every time.
#[test]
fn a_deadline_that_is_over_is_none() {
    assert_eq!(host(SystemTime::now()).deadline, Deadline::NONE);

    let host = host(SystemTime::UNIX_EPOCH + Duration::from_secs(1_000));
    let left = host.deadline.remaining().unwrap();
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

/// Headers are decoded when something asks for them, so that is when they are refused.
#[tokio::test]
async fn a_header_that_cannot_be_is_refused_before_the_handler() {
    async fn glance(mut inputs: Inputs) -> Result<Response, PoveryError> {
        let headers = inputs.input::<HeaderMap>().await;
        inputs.settle()?;
        inputs.resource(headers).await?;
        "looked".into_response()
    }
    const LOOKS: RouteDef = RouteDef::new(
        Method::Get,
        "-",
        &[Segment::Literal("looks")],
        RouteDef::BROKEN.site,
        |inputs| Box::pin(glance(inputs)),
    );
    const DOES_NOT: RouteDef = RouteDef::new(
        Method::Get,
        "-",
        &[Segment::Literal("does-not")],
        RouteDef::BROKEN.site,
        |mut inputs| {
            Box::pin(async move {
                inputs.settle()?;
                "served".into_response()
            })
        },
    );
    const TABLE: RouteTable = RouteTable::new(&[Entry::One(&LOOKS), Entry::One(&DOES_NOT)]);
    for headers in [
        json!({"x": "s3cret\r\nb: c"}),
        json!({"s3cret b": "c"}),
        json!({"x": 1}),
    ] {
        for (path, status) in [("/looks", 400), ("/does-not", 200)] {
            let event = json!({
                "version": "2.0", "rawPath": path, "headers": headers,
                "requestContext": {"http": {"method": "GET"}},
            });
            let app = App::new().routes(TABLE);
            let answer = invoke(app, event.to_string().as_bytes()).await.unwrap();
            let answer: Value = serde_json::from_slice(&answer).unwrap();
            assert_eq!(answer["statusCode"], status, "{answer}");
            assert!(!answer.to_string().contains("s3cret"), "{answer}");
        }
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
