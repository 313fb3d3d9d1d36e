//! Callers who got past the roles.

use povery_tests::function::{Function, RuntimeHost};
use serde_json::{Value, json};

use super::{answer, text};

fn probe() -> Function {
    Function::new(env!("CARGO_BIN_EXE_auth-probe"))
}

/// The claims of a token with these groups, as an HTTP API writes them.
fn token(groups: &str) -> Value {
    json!({"jwt": {"claims": {"sub": "u-1", "cognito:groups": groups}, "scopes": null}})
}

fn http_api(method: &str, path: &str, stage: &str, authorizer: Value) -> Value {
    json!({
        "version": "2.0", "routeKey": "$default", "rawPath": path, "rawQueryString": "",
        "headers": {"content-type": "application/json"},
        "requestContext": {
            "apiId": "a1", "domainName": "a1.execute-api.eu-central-1.amazonaws.com", "stage": stage,
            "routeKey": "$default", "http": {"method": method, "path": path}, "authorizer": authorizer,
        },
        "body": r#"{"action":"admin","payload":{}}"#, "isBase64Encoded": false,
    })
}

/// An event without `httpMethod` was a call of any function that its body named.
#[tokio::test]
async fn defect_01_a_body_with_an_action_calls_nothing() {
    let host = RuntimeHost::start(probe()).await;
    let url = |method: &str, path: &str| {
        let mut event = http_api(method, path, "$default", Value::Null);
        event["requestContext"]["domainName"] = json!("a1.lambda-url.eu-central-1.on.aws");
        event
    };
    for (event, status) in [
        (http_api("POST", "/", "$default", Value::Null), 405),
        (http_api("POST", "/admin", "$default", Value::Null), 405),
        (http_api("GET", "/admin", "$default", Value::Null), 401),
        (
            http_api("GET", "/admin", "$default", token("[EDITOR]")),
            403,
        ),
        (http_api("GET", "/", "$default", Value::Null), 200),
        (
            http_api("GET", "/admin", "$default", token("[EDITOR ADMIN]")),
            200,
        ),
        (url("POST", "/"), 405),
        (url("GET", "/admin"), 401),
        (url("GET", "/profile"), 401),
    ] {
        let answer = answer(&host, event.clone()).await;
        assert_eq!(answer.status, status, "{event}");
        let administers = text(&answer).contains("administers");
        let admitted = status == 200 && event["rawPath"] == "/admin";
        assert_eq!(administers, admitted, "{event}: {}", text(&answer));
    }
}

/// A direct invocation called whatever it named, whoever may.
#[tokio::test]
async fn defect_02_a_direct_invocation_calls_no_route() {
    let host = RuntimeHost::start(probe()).await;
    for event in [
        json!({"action": "admin", "payload": {}}),
        json!({"action": "admin", "payload": {"user": {"cognito:groups": ["ADMIN"]}}}),
        json!({"rawPath": "/admin", "httpMethod": "GET", "path": "/admin"}),
        json!({"rawPath": "/admin", "requestContext": {"authorizer": token("[ADMIN]")}}),
        json!({"action": "admin", "requestContext": token("[ADMIN]")}),
    ] {
        let error = host.invoke(event.clone()).await.expect_err("no answer");
        assert_eq!(error.error_type, "Povery.UnknownEvent", "{event}");
    }
    // It goes on.
    let event = http_api("GET", "/admin", "$default", token("[ADMIN]"));
    assert_eq!(text(&answer(&host, event).await), "u-1 administers");
}

/// Roles were looked up by the path with the stage, and functions by the one without.
#[tokio::test]
async fn defect_03_the_route_that_runs_is_the_one_whose_roles_are_checked() {
    let host = RuntimeHost::start(probe()).await;
    let rest = |path: &str, claims: Value| {
        json!({
            "resource": "/{proxy+}", "path": path, "httpMethod": "GET", "headers": {},
            "requestContext": {
                "stage": "stage", "path": format!("/stage{path}"), "resourcePath": "/{proxy+}",
                "identity": {"userArn": null}, "authorizer": claims,
            },
        })
    };
    let claims = |groups: &str| json!({"claims": {"sub": "u-1", "cognito:groups": groups}});
    for (event, status, body) in [
        (rest("/zzz", Value::Null), 401, None),
        (rest("/zzz", claims("EDITOR")), 403, None),
        (
            rest("/zzz", claims("EDITOR,ADMIN")),
            200,
            Some("closed zzz"),
        ),
        (rest("/stage/zzz", Value::Null), 200, Some("open zzz")),
        (
            http_api("GET", "/stage/zzz", "stage", Value::Null),
            401,
            None,
        ),
        (
            http_api("GET", "/stage/zzz", "stage", token("[EDITOR]")),
            403,
            None,
        ),
        (
            http_api("GET", "/stage/zzz", "stage", token("[ADMIN]")),
            200,
            Some("closed zzz"),
        ),
        (
            http_api("GET", "/stage/stage/zzz", "stage", Value::Null),
            200,
            Some("open zzz"),
        ),
        (
            http_api("GET", "/stage/zzz", "$default", Value::Null),
            200,
            Some("open zzz"),
        ),
    ] {
        let answer = answer(&host, event.clone()).await;
        assert_eq!(answer.status, status, "{event}");
        if let Some(body) = body {
            assert_eq!(text(&answer), body, "{event}");
        }
    }
}
