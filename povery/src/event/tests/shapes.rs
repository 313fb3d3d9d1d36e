//! Events that are JSON, and not what a gateway sends.

use super::*;
use crate::App;

/// The event's text with one value of it replaced, as `json!` cannot have a key twice.
fn replaced(event: &Value, from: &str, to: &str) -> Result<Http, Unknown> {
    let text = event.to_string();
    assert_eq!(text.matches(from).count(), 1, "{from} in {text}");
    read(text.replace(from, to).as_bytes())
}

#[test]
fn an_object_is_not_taken_from_a_list_of_its_fields() {
    let context = Unknown::Field("requestContext");
    let mut event = http_api("$default", "/");
    event["requestContext"]["http"] = json!(["GET", "192.0.2.1"]);
    assert_eq!(unknown(&event), context);
    let mut event = rest("/");
    event["requestContext"]["identity"] = json!(["192.0.2.1"]);
    assert_eq!(unknown(&event), context);
    let mut event = rest("/");
    event["requestContext"] = json!([
        "prod",
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        {},
        null,
        null
    ]);
    assert_eq!(unknown(&event), context);
    for elb in [json!(false), json!(true), json!(1), json!("arn"), json!([])] {
        let mut event = alb(json!({}));
        event["requestContext"]["elb"] = elb;
        assert_eq!(unknown(&event), context, "{event}");
    }
    let mut event = alb(json!({}));
    event["requestContext"]["elb"] = json!(null);
    assert_eq!(unknown(&event), Unknown::Gateway);
    event["requestContext"]["elb"] = json!({});
    assert_eq!(http(&event).origin, Origin::Alb { multi: false });
}

#[test]
fn a_key_that_is_read_is_there_once() {
    let mut event = http_api("dev", "/dev/users");
    event["body"] = "first".into();
    for (key, twice) in [
        ("body", r#""body":"first","body":"second""#),
        ("body", r#""body":"first","\u0062ody":null"#),
        ("rawPath", r#""body":"first","rawPath":"/dev/users""#),
        ("headers", r#""body":"first","headers":{}"#),
        ("requestContext", r#""body":"first","requestContext":{}"#),
        (
            "isBase64Encoded",
            r#""body":"first","isBase64Encoded":true"#,
        ),
    ] {
        let read = replaced(&event, r#""body":"first""#, twice);
        assert_eq!(read.err(), Some(Unknown::Field(key)), "{twice}");
    }
    for twice in [
        r#""stage":"dev","stage":"prod""#,
        r#""stage":"dev","http":{}"#,
        r#""stage":"dev","elb":null,"elb":{}"#,
    ] {
        let read = replaced(&event, r#""stage":"dev""#, twice);
        assert_eq!(
            read.err(),
            Some(Unknown::Field("requestContext")),
            "{twice}"
        );
    }
    let read = replaced(
        &event,
        r#""method":"GET""#,
        r#""method":"GET","method":"PUT""#,
    );
    assert_eq!(read.err(), Some(Unknown::Field("requestContext")));
}

#[test]
fn a_key_that_is_not_read_may_be_there_twice() {
    let event = http_api("dev", "/dev/users");
    for (from, twice) in [
        (
            r#""routeKey":"$default""#,
            r#""routeKey":1,"routeKey":"$default""#,
        ),
        (r#""stage":"dev""#, r#""stage":"dev","time":1,"time":2"#),
    ] {
        let read = replaced(&event, from, twice).ok().unwrap();
        let request = read.request.ok().unwrap();
        assert_eq!(request.head.uri, "/users", "{twice}");
    }
    // Names of headers and parameters are no keys of the event: each counts.
    let twice = r#"{"a":"1","A":"2","a":"3"}"#;
    let read = replaced(&event, r#"{"x-forwarded-for":"9.9.9.9"}"#, twice);
    let request = read.ok().unwrap().request.ok().unwrap();
    let headers = request.head.headers.get();
    let values: Vec<_> = headers.get_all("a").iter().collect();
    assert_eq!(values, ["1", "2", "3"]);
}

/// What povery reads of a context is text; whatever is in its place or beside it, and however deep, is
/// passed over, and stays as it was sent.
#[tokio::test]
async fn a_deep_context_is_no_danger() {
    #[povery_macros::route(GET, "/users", crate = crate)]
    async fn users(context: crate::RequestContext) -> String {
        context.0.to_string()
    }
    for depth in [100, 100_000] {
        for (open, close) in [("[", "]"), (r#"{"a":"#, "}")] {
            let deep = format!("{}1{}", open.repeat(depth), close.repeat(depth));
            let event = http_api("dev", "/dev/users");
            let authorizer = event["requestContext"]["authorizer"].to_string();
            let text = event.to_string().replace(&authorizer, &deep);
            let read = read(text.as_bytes());
            let request = read.ok().unwrap().request.ok().unwrap();
            let app = App::new().routes(crate::routes![users]);
            let response = app.answer(request).await;
            let status = if depth == 100 { 200 } else { 500 };
            assert_eq!(response.status(), status, "{depth} {open}");

            for key in ["stage", "http", "identity", "elb", "apiId"] {
                let text = format!(r#"{{"version":"2.0","requestContext":{{"{key}":{deep}}}}}"#);
                assert!(super::read(text.as_bytes()).is_err(), "{depth} {key}");
            }
        }
    }
}

/// What is told first is told alone: the method, then the path; headers only where something asks for them.
#[test]
fn refusals_of_a_request_have_an_order() {
    let mut event = http_api("$default", "users");
    event["headers"] = json!({"a b": "c"});
    event["requestContext"]["http"]["method"] = "G T".into();
    for (field, sound, message) in [
        ("method", json!("GET"), "The method is not valid"),
        ("path", json!("/users"), "does not begin with `/`"),
    ] {
        let error = http(&event).request.err().unwrap().to_string();
        assert!(error.contains(message), "{error}");
        match field {
            "method" => event["requestContext"]["http"]["method"] = sound,
            _ => event["rawPath"] = sound,
        }
    }
    assert!(http(&event).request.is_ok());
    event["rawPath"] = "/a".repeat(40_000).into();
    let error = http(&event).request.err().unwrap();
    assert_eq!(error.status(), 414);
}
