//! Requests that were answered with 500, with 200 though they were broken, or by another route.

use http::Method;
use povery_tests::binary::{Variant, users_binary};
use povery_tests::database::users_database;
use povery_tests::event::payload_v2;
use povery_tests::function::{Function, RuntimeHost};
use povery_tests::home::Answer;
use secrecy::ExposeSecret;
use serde_json::{Value, json};

use super::{answer, text};

/// The users application as it is deployed.
async fn users() -> RuntimeHost {
    let database = users_database().await;
    let function = Function::new(users_binary(Variant::Deployed));
    let url = database.url();
    RuntimeHost::start(function.env("DATABASE_URL", url.expose_secret())).await
}

async fn probe() -> RuntimeHost {
    RuntimeHost::start(Function::new(env!("CARGO_BIN_EXE_defects-probe"))).await
}

/// An event of a REST API, which the original was written for.
fn rest(method: &str, path: &str, body: Option<&str>) -> Value {
    json!({
        "resource": "/{proxy+}", "path": path, "httpMethod": method,
        "headers": {"Content-Type": "application/json"},
        "multiValueHeaders": {"Content-Type": ["application/json"]},
        "requestContext": {
            "stage": "dev", "path": format!("/dev{path}"), "resourcePath": "/{proxy+}", "httpMethod": method,
            "accountId": "1", "apiId": "a1", "requestId": "q", "identity": {},
        },
        "body": body, "isBase64Encoded": false,
    })
}

/// The same request through a Function URL.
fn url(method: &str, path: &str, body: Option<&str>) -> Value {
    let method: Method = method.parse().expect("a method");
    let headers = [(
        http::header::CONTENT_TYPE,
        http::HeaderValue::from_static("application/json"),
    )];
    let headers = headers.into_iter().collect();
    let body = body.unwrap_or_default().to_owned().into();
    payload_v2(&method, path, "", &headers, &body)
}

fn json_of(answer: &Answer) -> Value {
    serde_json::from_slice(&answer.body).expect("JSON")
}

async fn is_refused(host: &RuntimeHost, event: Value, status: u16, code: &str) -> Answer {
    let answer = answer(host, event).await;
    assert_eq!(answer.status, status, "{}", text(&answer));
    assert_eq!(json_of(&answer)["errorCode"], code, "{}", text(&answer));
    answer
}

/// An unknown path or method was a 500, and so was a broken escape.
#[tokio::test]
async fn defect_04_what_is_not_there_is_no_server_error() {
    let host = users().await;
    for event in [rest, url] {
        is_refused(&host, event("GET", "/nothing", None), 404, "NOT_FOUND").await;
        let code = "METHOD_NOT_ALLOWED";
        let answer = is_refused(&host, event("DELETE", "/users", None), 405, code).await;
        assert_eq!(answer.headers["allow"], "GET, HEAD, POST, OPTIONS");
        for path in ["/users/%", "/users/%zz", "/users/%e0%a4%a", "/users/%ff"] {
            is_refused(&host, event("GET", path, None), 400, "BAD_REQUEST").await;
        }
    }
    assert!(!host.log().contains(r#""level":"ERROR""#), "{}", host.log());
}

/// What could not be read was `{}` to the handler, and the answer 200; deep nesting ended the process.
#[tokio::test]
async fn defect_05_a_broken_body_never_reaches_the_handler() {
    let host = users().await;
    let deep = |open: &str, shut: &str| open.repeat(100_000) + &shut.repeat(100_000);
    for event in [rest, url] {
        let beside =
            |value: &str| format!(r#"{{"name":"Ada","email":"a@example.com","more":{value}}}"#);
        for body in [
            r#"{"name":"Ada","email":"#,
            r#"{"name":"Ada","email":"ada@example.com"}}"#,
            "{name: 'Ada'}",
            &beside(&deep("[", "")),
        ] {
            let event = event("POST", "/users", Some(body));
            is_refused(&host, event, 400, "MALFORMED_JSON").await;
        }
        // What has another shape from the beginning is read no further.
        for body in [deep("[", "]"), deep(r#"{"name":"#, "}")] {
            let event = event("POST", "/users", Some(&body));
            assert_eq!(answer(&host, event).await.status, 400);
        }
        for body in ["!!!!", "eyJuYW1lIjoi=", "e"] {
            let mut event = event("POST", "/users", Some(body));
            event["isBase64Encoded"] = true.into();
            is_refused(&host, event, 400, "BAD_REQUEST").await;
        }
    }
    let list = answer(&host, url("GET", "/users", None)).await;
    assert_eq!(json_of(&list)["users"], json!([]), "nothing was created");
}

/// The faults of a validation were thrown without a status: 500 `"[object Object]"`.
#[tokio::test]
async fn defect_06_a_failed_validation_is_the_promised_400() {
    let host = users().await;
    for event in [rest, url] {
        let body = r#"{"name":"A","email":"nobody"}"#;
        let event = event("POST", "/users", Some(body));
        let answer = is_refused(&host, event, 400, "VALIDATION_FAILED").await;
        let told = json_of(&answer);
        assert_eq!(told["errorMessage"], "Validation failed");
        let faults = told["errorData"].as_array().expect("a list");
        let email = json!({
            "property": "email", "in": "body",
            "constraints": {"email": "must be a valid email address"},
        });
        assert!(faults.len() == 2 && faults.contains(&email), "{told}");
        let name = faults.iter().find(|fault| fault["property"] == "name");
        let name = name.expect("the name's fault");
        assert!(name["constraints"]["length"].is_string(), "{told}");
    }
}

/// The path's DTO was built and never validated, so that the database was asked for whatever came.
#[tokio::test]
async fn defect_07_a_bad_path_parameter_never_reaches_the_database() {
    let function = Function::new(users_binary(Variant::Deployed));
    // There is no server at that port: whoever asks the database has a 503.
    let nowhere = "postgres://povery:none@127.0.0.1:1/users?sslmode=disable";
    let host = RuntimeHost::start(function.env("DATABASE_URL", nowhere)).await;
    for event in [rest, url] {
        for path in ["/users/1", "/users/%27%20OR%201=1", "/users/undefined"] {
            let event = event("GET", path, None);
            let answer = is_refused(&host, event, 400, "VALIDATION_FAILED").await;
            let fault = &json_of(&answer)["errorData"][0];
            assert_eq!(
                (&fault["property"], &fault["in"]),
                (&json!("id"), &json!("path"))
            );
        }
        let id = "/users/67e55044-10b1-426f-9247-bb680e5fe0c8";
        is_refused(&host, event("GET", id, None), 503, "SERVICE_UNAVAILABLE").await;
    }
}

/// The stage was guessed from the path, which a REST API sends without it.
#[tokio::test]
async fn defect_11_a_path_that_begins_like_the_stage_stays_whole() {
    let host = probe().await;
    for (path, body) in [
        ("/dev/devices", "the developers' devices"),
        ("/devices", "all devices"),
    ] {
        let answer = answer(&host, rest("GET", path, None)).await;
        assert_eq!((answer.status, text(&answer)), (200, body), "{path}");
    }
    // An HTTP API has the stage before the path, once.
    for (path, body) in [
        ("/dev/dev/devices", "the developers' devices"),
        ("/dev/devices", "all devices"),
    ] {
        let mut event = url("GET", path, None);
        event["requestContext"]["stage"] = "dev".into();
        event["requestContext"]["domainName"] =
            "povery.execute-api.eu-central-1.amazonaws.com".into();
        let answer = answer(&host, event).await;
        assert_eq!((answer.status, text(&answer)), (200, body), "{path}");
    }
}

/// Every answer let every page of the web read it.
#[tokio::test]
async fn defect_12_no_page_of_another_origin_reads_answers() {
    let from = |mut event: Value, origin: &str| {
        event["headers"]["Origin"] = origin.into();
        event["headers"]["Access-Control-Request-Method"] = "POST".into();
        event["multiValueHeaders"]["Origin"] = json!([origin]);
        event["multiValueHeaders"]["Access-Control-Request-Method"] = json!(["POST"]);
        event
    };
    let host = users().await;
    for event in [rest, url] {
        for (method, path) in [
            ("GET", "/users"),
            ("OPTIONS", "/users"),
            ("GET", "/nothing"),
        ] {
            let event = from(event(method, path, None), "https://evil.example");
            let answer = answer(&host, event).await;
            let told = answer.headers.keys().map(http::HeaderName::as_str);
            let mut told = told.filter(|name| name.starts_with("access-control-"));
            assert_eq!(told.next(), None, "{method} {path}");
        }
    }
    // One that is configured lets in whom it names, never everyone together with credentials.
    let host = probe().await;
    for (origin, allowed) in [
        ("https://app.example", Some("https://app.example")),
        ("https://evil.example", None),
        ("https://app.example.evil.example", None),
        ("null", None),
    ] {
        for method in ["GET", "OPTIONS"] {
            let event = from(rest(method, "/devices", None), origin);
            let answer = answer(&host, event).await;
            let header = |name: &str| answer.headers.get(name).map(|value| value.to_str());
            let told = header("access-control-allow-origin").map(|value| value.expect("text"));
            assert_eq!(told, allowed, "{method} from {origin}");
            let credentials = header("access-control-allow-credentials").is_some();
            assert_eq!(credentials, allowed.is_some(), "{method} from {origin}");
        }
    }
}
