use http::HeaderValue;
use serde_json::{Value, json};

use super::*;

mod properties;

const ORIGINS: [Origin; 7] = [
    Origin::Rest,
    Origin::HttpApiV1,
    Origin::HttpApi,
    Origin::FunctionUrl,
    Origin::Alb { multi: true },
    Origin::Alb { multi: false },
    Origin::Lattice,
];

fn written(origin: Origin, headers: &[(&'static str, &[u8])], body: &'static [u8]) -> Value {
    let mut response = Response::new(Bytes::from_static(body));
    for &(name, value) in headers {
        let value = HeaderValue::from_bytes(value).unwrap();
        response.headers_mut().append(name, value);
    }
    serde_json::from_slice(&Outgoing::new(origin, response, "r-1").to_json().unwrap()).unwrap()
}

#[test]
fn every_origin_reads_its_own_format() {
    let headers: [(&str, &[u8]); 5] = [
        ("content-type", b"text/plain"),
        ("set-cookie", b"a=1"),
        ("vary", b"accept"),
        ("set-cookie", b"b=2"),
        ("vary", b"origin"),
    ];
    let lists = json!({
        "content-type": ["text/plain"], "set-cookie": ["a=1", "b=2"], "vary": ["accept", "origin"]
    });
    let joined = json!({"content-type": "text/plain", "vary": "accept, origin"});
    let mut cased = joined.clone();
    cased["set-cookie"] = "a=1".into();
    cased["Set-cookie"] = "b=2".into();
    for origin in ORIGINS {
        let expected = match origin {
            Origin::Rest | Origin::HttpApiV1 => json!({"multiValueHeaders": lists}),
            Origin::HttpApi | Origin::FunctionUrl => {
                json!({"headers": joined, "cookies": ["a=1", "b=2"]})
            }
            Origin::Alb { multi: true } => {
                json!({"multiValueHeaders": lists, "statusDescription": "200 OK"})
            }
            Origin::Alb { multi: false } | Origin::Lattice => {
                json!({"headers": cased, "statusDescription": "200 OK"})
            }
        };
        let mut expected = expected;
        expected["statusCode"] = 200.into();
        expected["body"] = "é".into();
        expected["isBase64Encoded"] = false.into();
        assert_eq!(
            written(origin, &headers, "é".as_bytes()),
            expected,
            "{origin:?}"
        );
    }
}

#[test]
fn base64_exactly_when_needed() {
    for (headers, body, expected, is_base64) in [
        (&[][..], &b""[..], "", false),
        (&[], b"\0\x7f", "\0\x7f", false),
        (&[], b"\xff\xfe", "//4=", true),
        (&[("content-encoding", &b"br"[..])], b"f", "Zg==", true),
        (&[("content-encoding", b"br")], b"", "", false),
        (&[("content-encoding", b"Identity")], b"f", "f", false),
    ] {
        let written = written(Origin::HttpApi, headers, body);
        let body = (&written["body"], &written["isBase64Encoded"]);
        assert_eq!(body, (&json!(expected), &json!(is_base64)));
    }
}

#[test]
fn a_header_that_is_no_text_is_left_out() {
    let headers: [(&str, &[u8]); 4] = [
        ("x-a", b"\xff"),
        ("x-b", b"1"),
        ("x-b", b"\xfe"),
        ("x-c", "é".as_bytes()),
    ];
    let written = written(Origin::HttpApi, &headers, b"");
    assert_eq!(written["headers"], json!({"x-b": "1", "x-c": "é"}));
}

#[test]
fn cookies_without_a_name_of_their_own_are_left_out() {
    let cookies: Vec<String> = (0..600).map(|number| format!("c{number}=1")).collect();
    let headers: Vec<(&str, &[u8])> = cookies
        .iter()
        .map(|cookie| ("set-cookie", cookie.as_bytes()))
        .collect();
    for origin in [Origin::Alb { multi: false }, Origin::Lattice] {
        let written = written(origin, &headers, b"");
        let mut kept: Vec<&str> = written["headers"]
            .as_object()
            .unwrap()
            .values()
            .filter_map(|cookie| cookie.as_str())
            .collect();
        kept.sort_unstable();
        let mut expected: Vec<&str> = cookies[..512].iter().map(String::as_str).collect();
        expected.sort_unstable();
        assert_eq!(kept, expected, "{origin:?}");
    }
    assert_eq!(
        written(Origin::FunctionUrl, &headers, b"")["cookies"]
            .as_array()
            .map(Vec::len),
        Some(600)
    );
}

#[test]
fn a_status_without_a_name_has_a_description() {
    let mut response = Response::default();
    *response.status_mut() = StatusCode::from_u16(299).unwrap();
    let outgoing = Outgoing::new(Origin::Lattice, response, "r-1");
    let written: Value = serde_json::from_slice(&outgoing.to_json().unwrap()).unwrap();
    assert_eq!(written["statusDescription"], "299 Unknown");
}

#[test]
fn a_prelude_is_the_response_without_its_body_and_length() {
    let headers: [(&str, &[u8]); 6] = [
        ("content-length", b"5"),
        ("content-type", b"text/csv"),
        ("set-cookie", b"a=1"),
        ("set-cookie", b"b=2"),
        ("vary", b"accept"),
        ("x-a", b"\xff"),
    ];
    let cases = [
        (
            Origin::FunctionUrl,
            json!({
                "statusCode": 206, "cookies": ["a=1", "b=2"],
                "headers": {"content-type": "text/csv", "vary": "accept"},
            }),
        ),
        (
            Origin::Rest,
            json!({
                "statusCode": 206,
                "multiValueHeaders": {
                    "content-type": ["text/csv"], "set-cookie": ["a=1", "b=2"], "vary": ["accept"],
                },
            }),
        ),
    ];
    for (origin, expected) in cases {
        assert!(origin.can_stream());
        let mut response = Response::new(());
        *response.status_mut() = StatusCode::PARTIAL_CONTENT;
        for (name, value) in headers {
            let value = HeaderValue::from_bytes(value).unwrap();
            response.headers_mut().append(name, value);
        }
        let prelude = Prelude::new(origin, response.into_parts().0, "r-1");
        assert_eq!(serde_json::to_value(prelude).unwrap(), expected);
    }
}
