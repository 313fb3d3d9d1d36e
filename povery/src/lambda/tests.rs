use serde_json::json;

use super::*;

#[test]
fn a_path_that_is_no_uri_is_refused() {
    let path = |raw: &str| {
        let request = lambda_http::Request::default().with_raw_http_path(raw);
        crate::request::path::canonical(sent_uri(&request).path())
    };
    assert_eq!(path("/users/a b").unwrap(), "/users/a b");
    assert_eq!(path("").unwrap(), "/");
    assert_eq!(path(&"/a".repeat(40_000)).unwrap_err().status(), 400);
}

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
    let config = lambda_http::lambda_runtime::Config {
        function_name: "users".to_owned(),
        version: "7".to_owned(),
        memory: 256,
        ..Default::default()
    };
    Context::new("r-1", config.into(), &headers).unwrap()
}

/// What the host makes of an event.
fn request(event: Value) -> lambda_http::Request {
    let request = lambda_http::request::from_str(&event.to_string()).unwrap();
    incoming(request.with_lambda_context(context()))
}

fn addr(event: Value) -> Option<String> {
    let request = request(event);
    let address = request.extensions().get::<ClientAddr>();
    address.map(|address| address.0.to_string())
}

fn v1(source: &str) -> Value {
    json!({
        "resource": "/{proxy+}", "path": "/users", "httpMethod": "GET", "isBase64Encoded": false,
        "headers": {"x-forwarded-for": "9.9.9.9"}, "multiValueHeaders": {},
        "requestContext": {
            "stage": "prod", "httpMethod": "GET", "identity": {"sourceIp": source},
            "authorizer": {"claims": {"sub": "u-1"}}
        }
    })
}

fn v2(source: &str) -> Value {
    json!({
        "version": "2.0", "routeKey": "$default", "rawPath": "/users", "rawQueryString": "",
        "headers": {"x-forwarded-for": "9.9.9.9"}, "isBase64Encoded": false,
        "cookies": ["a=1", "b=2"],
        "requestContext": {
            "stage": "$default", "routeKey": "$default", "time": "", "timeEpoch": 1,
            "http": {"method": "GET", "path": "/users", "protocol": "HTTP/1.1", "sourceIp": source, "userAgent": ""},
            "authorizer": {"jwt": {"claims": {"sub": "u-1"}, "scopes": ["users:read"]}}
        }
    })
}

fn alb(headers: Value) -> Value {
    json!({
        "requestContext": {"elb": {"targetGroupArn": "arn:aws:tg"}},
        "httpMethod": "GET", "path": "/users", "queryStringParameters": {},
        "headers": headers, "body": "", "isBase64Encoded": false
    })
}

#[test]
fn the_client_is_who_the_gateway_says() {
    assert_eq!(addr(v1("192.0.2.1")).as_deref(), Some("192.0.2.1"));
    assert_eq!(addr(v2("2001:db8::1")).as_deref(), Some("2001:db8::1"));
    // What the console's test button sends.
    assert_eq!(addr(v1("test-invoke-source-ip")), None);
}

#[test]
fn of_a_load_balancers_header_only_the_last_entry_counts() {
    for (header, expected) in [
        ("192.0.2.1", Some("192.0.2.1")),
        ("9.9.9.9, 8.8.8.8 , 192.0.2.1", Some("192.0.2.1")),
        ("9.9.9.9,192.0.2.1:4711", Some("192.0.2.1")),
        ("9.9.9.9, [2001:db8::1]:4711", Some("2001:db8::1")),
        ("9.9.9.9, 2001:db8::1", Some("2001:db8::1")),
        ("9.9.9.9,", None),
        ("192.0.2.1, unknown", None),
        ("", None),
    ] {
        let event = alb(json!({"x-forwarded-for": header}));
        assert_eq!(addr(event).as_deref(), expected, "{header}");
    }
    assert_eq!(addr(alb(json!({}))), None);
    // With multi-value headers on, the header may have several lines.
    let mut event = alb(json!({}));
    event["multiValueHeaders"] = json!({"x-forwarded-for": ["9.9.9.9", "8.8.8.8, 192.0.2.1"]});
    assert_eq!(addr(event).as_deref(), Some("192.0.2.1"));
}

#[test]
fn the_gateways_context_is_kept() {
    let at = |event: Value, pointer: &str| {
        let request = request(event);
        let context = request.extensions().get::<GatewayContext>().unwrap();
        let context: Value = serde_json::from_str(context.json().unwrap().get()).unwrap();
        context.pointer(pointer).cloned().unwrap()
    };
    assert_eq!(at(v1("192.0.2.1"), "/authorizer/claims/sub"), "u-1");
    assert_eq!(at(v1("192.0.2.1"), "/stage"), "prod");
    assert_eq!(at(v2("192.0.2.1"), "/authorizer/jwt/claims/sub"), "u-1");
    assert_eq!(
        at(v2("192.0.2.1"), "/authorizer/jwt/scopes"),
        json!(["users:read"])
    );
    assert_eq!(at(alb(json!({})), "/elb/targetGroupArn"), "arn:aws:tg");
}

#[test]
fn the_invocation_is_handed_on() {
    let request = request(v2("192.0.2.1"));
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
    assert_eq!((&lambda.client_context, lambda.deadline), (&None, None));
    let id = request.extensions().get::<RequestId>().unwrap();
    assert_eq!(id.as_str(), "r-1");
    assert!(request.extensions().get::<Deadline>().is_none());

    let now = SystemTime::UNIX_EPOCH + Duration::from_secs(1_000);
    let deadline = lambda_context(context(), now).deadline.unwrap();
    let left = deadline.saturating_duration_since(Instant::now());
    assert!(
        left > Duration::from_secs(2) && left <= Duration::from_secs(3),
        "{left:?}"
    );
}
