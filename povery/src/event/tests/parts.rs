use http_body_util::BodyExt;
use serde_json::{Value, json};

use super::*;
use crate::request::Content;

#[test]
fn a_query_is_what_was_sent() {
    let query = |event: &Value| request(event).uri.query().map(str::to_owned);

    let mut event = http_api("$default", "/users");
    event["rawQueryString"] = "q=a%2Cb&q=c&\u{e9}=#\"".into();
    event["queryStringParameters"] = json!({"q": "a,b,c"});
    assert_eq!(query(&event).as_deref(), Some("q=a%2Cb&q=c&%C3%A9=%23%22"));

    let mut event = rest("/users");
    event["queryStringParameters"] = json!({"q": "c%41"});
    assert_eq!(query(&event).as_deref(), Some("q=c%2541"));
    event["multiValueQueryStringParameters"] = json!({"q": ["a&b", "c d"], "r=": [""], "z": null});
    assert_eq!(query(&event).as_deref(), Some("q=a%26b&q=c+d&r%3D="));

    let mut event = alb(json!({}));
    event["queryStringParameters"] = json!({"q": "a%26b+c", "x&y": "1&2"});
    let expected = "q=a%26b+c&x%26y=1%262";
    assert_eq!(query(&event).as_deref(), Some(expected));
    event["multiValueQueryStringParameters"] = json!({"q": ["1", "%32"]});
    assert_eq!(query(&event).as_deref(), Some("q=1&q=%32"));

    let mut event = lattice();
    event["queryStringParameters"] = json!({"q": ["1", "2"], "r": "3"});
    assert_eq!(query(&event).as_deref(), Some("q=1&q=2&r=3"));
    event["path"] = "/users?r=3&q=1".into();
    assert_eq!(query(&event).as_deref(), Some("r=3&q=1"));

    assert_eq!(query(&alb(json!({}))), None);
}

#[test]
fn headers_are_all_there_once() {
    let values = |event: &Value, name: &str| -> Vec<String> {
        let request = request(event);
        let values = request.headers.get().get_all(name).iter();
        values
            .map(|value| String::from_utf8(value.as_bytes().to_vec()).unwrap())
            .collect()
    };
    let mut event = rest("/");
    event["headers"] = json!({"Accept": "b", "X": "y"});
    assert_eq!(values(&event, "accept"), ["b"]);
    event["multiValueHeaders"] = json!({"Accept": ["a", "b"], "N": null, "\u{212a}": []});
    assert_eq!(values(&event, "accept"), ["a", "b"]);
    assert_eq!(values(&event, "x"), [""; 0]);

    let mut event = http_api("$default", "/");
    event["headers"] = json!({"cookie": "old=1", "accept": "a,b", "x": "\u{e9}\t"});
    assert_eq!(values(&event, "cookie"), ["old=1"]);
    event["cookies"] = json!(["a=1", "b=\"2\""]);
    assert_eq!(values(&event, "cookie"), ["a=1; b=\"2\""]);
    assert_eq!(values(&event, "accept"), ["a,b"]);
    assert_eq!(values(&event, "x"), ["\u{e9}\t"]);
}

#[test]
fn a_header_that_cannot_be_is_refused_without_being_repeated() {
    let many: Vec<_> = (0..40_000)
        .map(|i| (format!("x-{i}"), json!("y")))
        .collect();
    for headers in [
        json!({"x": "s3cret\r\ny: z"}),
        json!({"x": "s3cret\0"}),
        json!({"s3cret s": "y"}),
        json!({"": "y"}),
        Value::Object(many.into_iter().collect()),
    ] {
        let mut event = http_api("$default", "/users");
        event["headers"] = headers;
        let request = request(&event);
        // Nobody has looked.
        request.headers.check().unwrap();
        assert!(request.headers.get().is_empty());
        let error = request.headers.check().unwrap_err();
        assert_eq!(error.status(), 400);
        assert!(!format!("{error:?}").contains("s3cret"), "{error:?}");
    }
    let mut event = http_api("$default", "/users");
    event["cookies"] = json!(["a=1\r\nx: y"]);
    let request = request(&event);
    assert!(request.headers.get().is_empty());
    assert_eq!(request.headers.check().unwrap_err().status(), 400);
}

/// What a body's extractor looks at is what is among all headers.
#[test]
fn the_content_headers_are_found_without_the_others() {
    let maps = [
        json!(null),
        json!({}),
        json!({"accept": "a"}),
        json!({"content-type": "text/plain", "content-encoding": "gzip"}),
        json!({"Content-Type": ["text/plain", "text/html"], "X": null}),
        json!({"content-type": null, "CONTENT-ENCODING": []}),
        json!({"content-type": "a", "Content-Type": "b"}),
        json!({"a": null}),
        json!({"content-type ": "a", "content-types": "b", "": "c"}),
        json!({"content-type": "\u{e9}\t"}),
        json!({"content-type": "a\r\nb"}),
    ];
    for multi in &maps {
        for single in &maps {
            let mut v1 = rest("/");
            v1["multiValueHeaders"] = multi.clone();
            v1["headers"] = single.clone();
            let mut v2 = http_api("$default", "/");
            v2["headers"] = single.clone();
            for event in [v1, v2] {
                let (lazy, whole) = (request(&event).headers, request(&event).headers);
                let all = whole.get();
                // Of a map that is refused nothing is left, and nothing is served either.
                if whole.check().is_ok() {
                    assert_eq!(lazy.content(), &Content::of(all), "{event}");
                }
            }
        }
    }
    let escaped = r#"{"headers": {"Content\u002dType": "a"}, "httpMethod": "GET", "path": "/",
        "requestContext": {"elb": {}}}"#;
    let request = read(escaped.as_bytes()).ok().unwrap().request.ok().unwrap();
    assert_eq!(request.head.headers.content().types, ["a"]);
}

fn body(text: &str, is_base64: bool) -> Body {
    let mut event = function_url("/users");
    event["body"] = text.into();
    event["isBase64Encoded"] = is_base64.into();
    http(&event).request.ok().unwrap().body
}

#[tokio::test]
async fn base64_is_strict() {
    for (text, expected) in [
        ("", &b""[..]),
        ("Zg==", b"f"),
        ("Zm8=", b"fo"),
        ("Zm9v", b"foo"),
        ("//79/A==", b"\xff\xfe\xfd\xfc"),
    ] {
        let body = body(text, true);
        assert_eq!(
            http_body::Body::size_hint(&body).exact(),
            Some(expected.len() as u64)
        );
        assert_eq!(body.collect().await.unwrap().to_bytes(), expected);
    }
    for text in [
        "Zg", "Zg=", "Z===", "Zh==", "Z-8=", "Zg==Zg==", "Zm 9v", "Zm9v\n", "=", "\u{e9}",
    ] {
        let error = body(text, true).collect().await.unwrap_err();
        assert_eq!(
            (error.status().as_u16(), error.code()),
            (400, "BAD_REQUEST"),
            "{text}"
        );
    }
    let text = body("Zg==", false).collect().await.unwrap().to_bytes();
    assert_eq!(text, "Zg==");
}

#[test]
fn a_large_event_is_not_kept_for_its_headers() {
    let is_kept = |length: usize, body: String| {
        let mut event = http_api("$default", "/a");
        event["headers"] = json!({"x-a": "b".repeat(length)});
        event["body"] = body.into();
        let event = Bytes::from(event.to_string());
        let http = Http::read(&event).ok().unwrap();
        let kept = !event.is_unique();
        let head = http.request.ok().unwrap().head;
        assert_eq!(head.headers.get()["x-a"].len(), length);
        kept
    };
    let escaped = |length| "\n".repeat(length);
    assert!(is_kept(100, escaped(100)), "a small one");
    assert!(!is_kept(100, escaped(70_000)));
    assert!(!is_kept(70_000, escaped(1)));
    assert!(is_kept(100, "a".repeat(70_000)), "the body is a part of it");
}
