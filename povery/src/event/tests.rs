use serde_json::{Value, json};

use super::*;
use crate::request::path::canonical;

mod clients;
mod parts;
mod paths;
mod shapes;

fn read(bytes: &[u8]) -> Result<Http, Unknown> {
    Http::read(&Bytes::copy_from_slice(bytes))
}

fn http(event: &Value) -> Http {
    let http = read(event.to_string().as_bytes());
    http.unwrap_or_else(|unknown| panic!("{unknown}: {event}"))
}

fn unknown(event: &Value) -> Unknown {
    let http = read(event.to_string().as_bytes());
    http.err()
        .unwrap_or_else(|| panic!("this is taken for HTTP: {event}"))
}

fn request(event: &Value) -> Head {
    *http(event).request.ok().unwrap().head
}

/// The path that is routed, `None` where it is refused.
fn routed(event: &Value) -> Option<String> {
    let request = http(event).request.ok()?;
    canonical(request.head.uri.path()).ok()
}

fn rest(path: &str) -> Value {
    json!({
        "resource": "/{proxy+}", "path": path, "httpMethod": "GET", "isBase64Encoded": false,
        "headers": {"x-forwarded-for": "9.9.9.9"}, "multiValueHeaders": {}, "body": null,
        "requestContext": {
            "stage": "prod", "path": format!("/prod{path}"), "identity": {"sourceIp": "192.0.2.1"},
            "authorizer": {"claims": {"sub": "u-1"}}
        }
    })
}

fn http_api(stage: &str, path: &str) -> Value {
    json!({
        "version": "2.0", "routeKey": "$default", "rawPath": path, "rawQueryString": "",
        "headers": {"x-forwarded-for": "9.9.9.9"}, "isBase64Encoded": false,
        "requestContext": {
            "apiId": "a1", "domainName": "a1.execute-api.eu-central-1.amazonaws.com", "stage": stage,
            "http": {"method": "GET", "path": path, "sourceIp": "2001:db8::1"},
            "authorizer": {"jwt": {"claims": {"sub": "u-1"}, "scopes": ["users:read"]}}
        }
    })
}

fn function_url(path: &str) -> Value {
    let mut event = http_api("$default", path);
    event["requestContext"]["domainName"] = "a1.lambda-url.eu-central-1.on.aws".into();
    event
}

fn alb(headers: Value) -> Value {
    json!({
        "requestContext": {"elb": {"targetGroupArn": "arn:aws:tg"}},
        "httpMethod": "GET", "path": "/users", "queryStringParameters": {},
        "headers": headers, "body": "", "isBase64Encoded": false
    })
}

fn lattice() -> Value {
    json!({
        "version": "2.0", "method": "GET", "path": "/users", "headers": {"accept": ["*/*"]},
        "requestContext": {"serviceArn": "arn:aws:vpc-lattice:s", "identity": {}}
    })
}

#[test]
fn the_origin_is_chosen_by_what_a_gateway_writes() {
    let mut without_api = http_api("$default", "/");
    without_api["requestContext"]
        .as_object_mut()
        .unwrap()
        .remove("apiId");
    let mut custom_domain = http_api("$default", "/");
    custom_domain["requestContext"]["domainName"] = "api.lambda-url.example".into();
    let mut v1 = rest("/");
    v1["version"] = "1.0".into();
    let mut multi = alb(json!({}));
    multi["multiValueHeaders"] = json!({});
    for (event, origin) in [
        (rest("/"), Origin::Rest),
        (v1, Origin::HttpApiV1),
        (http_api("$default", "/"), Origin::HttpApi),
        (function_url("/"), Origin::FunctionUrl),
        (without_api, Origin::FunctionUrl),
        (custom_domain, Origin::HttpApi),
        (alb(json!({})), Origin::Alb { multi: false }),
        (multi, Origin::Alb { multi: true }),
        (lattice(), Origin::Lattice),
    ] {
        assert_eq!(http(&event).origin, origin, "{event}");
    }
}

/// Defect 1 of the original: payload 2.0 has no `httpMethod`, so a body with an `action` ran it.
#[test]
fn an_action_in_a_request_is_data() {
    let mut event = function_url("/users");
    event["body"] = r#"{"action":"admin"}"#.into();
    event["action"] = "admin".into();
    event["payload"] = json!({});
    assert_eq!(routed(&event).as_deref(), Some("/users"));
}

#[test]
fn what_looks_like_http_without_a_gateway_is_not() {
    let without_context = |mut event: Value| {
        event.as_object_mut().unwrap().remove("requestContext");
        event
    };
    for event in [
        without_context(rest("/users")),
        without_context(http_api("$default", "/users")),
        without_context(alb(json!({}))),
        without_context(lattice()),
        json!({"action": "admin", "payload": {}, "httpMethod": "GET", "path": "/admin"}),
        json!({"Records": [{"eventSource": "aws:sqs", "body": "{}"}]}),
        json!({}),
    ] {
        assert_eq!(unknown(&event), Unknown::Other, "{event}");
    }
    for event in [
        json!({"requestContext": null, "httpMethod": "GET", "path": "/admin"}),
        json!({"requestContext": {}, "action": "admin"}),
        json!({"requestContext": {"stage": "prod"}, "Records": []}),
    ] {
        assert_eq!(unknown(&event), Unknown::Gateway, "{event}");
    }
}

#[test]
fn an_unknown_event_is_told_precisely() {
    let web_socket = json!({
        "requestContext": {"connectionId": "c", "eventType": "MESSAGE", "stage": "p"}, "body": "x"
    });
    let mut authorizer = http_api("$default", "/users");
    authorizer["type"] = "REQUEST".into();
    authorizer["routeArn"] = "arn:aws:execute-api".into();
    let lattice_v1 = json!({"raw_path": "/", "method": "GET", "headers": {}});
    for (event, expected) in [
        (web_socket, Unknown::WebSocket),
        (authorizer, Unknown::Authorizer),
        (
            json!({"type": "TOKEN", "methodArn": "arn"}),
            Unknown::Authorizer,
        ),
        (lattice_v1, Unknown::LatticeV1),
        (json!([1]), Unknown::Unreadable),
        (json!("text"), Unknown::Unreadable),
        (json!(null), Unknown::Unreadable),
    ] {
        assert_eq!(unknown(&event), expected, "{event}");
    }
    let text = Unknown::Other.to_string();
    assert!(
        text.contains("Function URLs") && text.contains("REST APIs"),
        "{text}"
    );
}

#[test]
fn a_field_of_another_type_is_named() {
    for (key, value) in [
        ("rawPath", json!(1)),
        ("rawPath", json!(null)),
        ("rawQueryString", json!([])),
        ("headers", json!("x")),
        ("cookies", json!({"a": "b"})),
        ("body", json!({"a": 1})),
        ("body", json!([[[[1.5]]]])),
        ("isBase64Encoded", json!("true")),
        ("requestContext", json!("x")),
        ("requestContext", json!({"http": 1})),
    ] {
        let mut event = http_api("$default", "/users");
        event[key] = value;
        assert_eq!(unknown(&event), Unknown::Field(key), "{event}");
    }
}

/// Not even serde fails: what it would say could repeat what was sent.
#[test]
fn no_bytes_are_an_error_of_serde_or_a_panic() {
    let events = [
        http_api("dev", "/dev/a"),
        rest("/a"),
        alb(json!({})),
        lattice(),
    ];
    for whole in events.map(|event| event.to_string()) {
        for end in 0..whole.len() {
            let http = read(&whole.as_bytes()[..end]);
            assert_eq!(http.err(), Some(Unknown::Unreadable));
        }
        for (replaced, byte) in
            (0..whole.len()).flat_map(|i| [0, b'"', b'\\', b'{', b'%', 0xff].map(|byte| (i, byte)))
        {
            let mut bytes = whole.clone().into_bytes();
            bytes[replaced] = byte;
            if let Ok(http) = read(&bytes)
                && let Ok(request) = http.request
            {
                let _ = canonical(request.head.uri.path());
            }
        }
    }
    let surrogate = br#"{"headers":{"x":"\ud800"}}"#;
    assert_eq!(read(surrogate).err(), Some(Unknown::Other));
    let surrogate = br#"{"body":"\ud800"}"#;
    assert_eq!(read(surrogate).err(), Some(Unknown::Unreadable));
}

#[test]
fn depth_is_bounded() {
    let deep = |key: &str| {
        let (open, close) = ("[".repeat(200_000), "]".repeat(200_000));
        format!(r#"{{"{key}":{open}{close}}}"#)
    };
    for key in ["body", "headers", "requestContext", "other"] {
        let http = read(deep(key).as_bytes());
        assert!(http.is_err(), "{key}");
    }
}
