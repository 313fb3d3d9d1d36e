//! The program as it is deployed, driven through a Runtime API.

use bytes::Bytes;
use http::{HeaderMap, Method};
use povery_tests::binary::{Variant, users_binary};
use povery_tests::database::users_database;
use povery_tests::event::payload_v2;
use povery_tests::function::Function;
use povery_tests::lambda_home::LambdaHome;
use povery_tests::scenario::users_scenario;
use secrecy::ExposeSecret;
use serde_json::json;

async fn function() -> Function {
    let database = users_database().await;
    Function::new(users_binary(Variant::Deployed))
        .env("DATABASE_URL", database.url().expose_secret())
}

fn threads(home: &LambdaHome) -> usize {
    let pid = home.host().process().pid();
    std::fs::read_dir(format!("/proc/{pid}/task"))
        .expect("the function runs")
        .count()
}

#[tokio::test]
async fn the_scenario_as_a_lambda_function() {
    let home = LambdaHome::start(function().await).await;
    users_scenario(&home).await;
    assert_eq!(threads(&home), 1, "plain Lambda has one request at a time");
}

#[tokio::test]
async fn the_scenario_with_concurrent_invocations() {
    let home = LambdaHome::start(function().await.env("AWS_LAMBDA_MAX_CONCURRENCY", "4")).await;
    users_scenario(&home).await;
    assert!(threads(&home) > 1);
}

/// A REST API puts its stage nowhere into the path of the event, an HTTP API before it.
#[tokio::test]
async fn stages_and_odd_paths() {
    let home = LambdaHome::start(function().await).await;
    let rest = |path: &str| {
        json!({
            "resource": "/{proxy+}", "path": path, "httpMethod": "GET", "isBase64Encoded": false,
            "headers": {"Host": "x.example"}, "multiValueHeaders": {"Host": ["x.example"]},
            "queryStringParameters": {"limit": "1"}, "multiValueQueryStringParameters": {"limit": ["1"]},
            "requestContext": {"stage": "prod", "resourceId": "r", "resourcePath": "/{proxy+}", "httpMethod": "GET",
                "accountId": "1", "apiId": "a", "requestId": "q", "path": format!("/prod{path}"), "identity": {}},
        })
    };
    let http = |stage: &str, path: &str| {
        let mut event = payload_v2(
            &Method::GET,
            path,
            "limit=1",
            &HeaderMap::new(),
            &Bytes::new(),
        );
        event["requestContext"]["stage"] = stage.into();
        event["requestContext"]["domainName"] = "povery.execute-api.test".into();
        event
    };
    let cases = [
        (rest("/users"), 200),
        (rest("/prod/users"), 404),
        (rest("/users/../users"), 400),
        (rest("/x/%2e%2e/users"), 400),
        (rest("/users/%zz"), 400),
        (http("$default", "/users"), 200),
        (http("prod", "/prod/users"), 200),
        (http("prod", "/users"), 200),
        (http("user", "/users"), 200),
        (http("$default", "/x/../users"), 400),
        (http("$default", "/users/a b"), 400),
        (http("$default", "/us\u{e9}rs"), 404),
        // It has decoded the path, so that what is left of an escape is text.
        (http("$default", "/users%"), 404),
        (http("$default", "/%75sers"), 404),
    ];
    for (event, expected) in cases {
        let path = event.get("rawPath").or(event.get("path")).cloned();
        let answer = home.host().invoke(event).await.expect("an answer");
        assert_eq!(answer["statusCode"], expected, "{path:?}: {answer}");
    }
}

/// Neither ends the function, and neither says what was sent.
#[tokio::test]
async fn broken_requests_and_unknown_events() {
    let home = LambdaHome::start(function().await).await;
    let post = |body: &str, is_base64: bool| {
        let mut event = payload_v2(
            &Method::POST,
            "/users",
            "",
            &HeaderMap::new(),
            &Bytes::new(),
        );
        event["body"] = body.into();
        event["isBase64Encoded"] = is_base64.into();
        event
    };
    let large = "A".repeat(1_398_104 + 4);
    for (event, status, code) in [
        (post("s3cret!", true), 400, "BAD_REQUEST"),
        (post(&large, true), 413, "PAYLOAD_TOO_LARGE"),
        (
            post(r#"{"action":"admin"}"#, false),
            415,
            "UNSUPPORTED_MEDIA_TYPE",
        ),
    ] {
        let answer = home.host().invoke(event).await.expect("an answer");
        assert_eq!(answer["statusCode"], status, "{answer}");
        let body = answer["body"].as_str().expect("text");
        assert!(body.contains(code) && !body.contains("s3cret"), "{body}");
    }
    for event in [
        json!({"action": "s3cret", "payload": {}}),
        json!({"httpMethod": "GET", "path": "/users", "body": "s3cret"}),
        json!("s3cret"),
    ] {
        let error = home.host().invoke(event).await.expect_err("an error");
        assert_eq!(error.error_type, "Povery.UnknownEvent");
        assert!(error.message.contains("Function URLs"), "{error}");
        assert!(!error.message.contains("s3cret"), "{error}");
    }
    let (_, outcome) = home
        .host()
        .invoke_bytes(Bytes::from_static(b"{\"s3cret"))
        .await;
    assert_eq!(
        outcome.expect_err("an error").error_type,
        "Povery.UnknownEvent"
    );
    let answer = home
        .host()
        .invoke(post("", false))
        .await
        .expect("the next one is served");
    assert_eq!(answer["statusCode"], 415);
    assert!(
        !home.host().log().contains("s3cret"),
        "{}",
        home.host().log()
    );
}
