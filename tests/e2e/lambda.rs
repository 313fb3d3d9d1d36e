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
    ];
    for (event, expected) in cases {
        let path = event.get("rawPath").or(event.get("path")).cloned();
        let answer = home.host().invoke(event).await.expect("an answer");
        assert_eq!(answer["statusCode"], expected, "{path:?}: {answer}");
    }
}
