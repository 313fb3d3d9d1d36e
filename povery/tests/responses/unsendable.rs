//! What cannot be an answer.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::sync::{Arc, Mutex};

use povery::RouteTable;
use povery::prelude::*;

use crate::get;

const ROUTES: RouteTable =
    povery::routes![location, redirect, any_header, unserialisable, any_status];

#[povery::route(GET, "/location?<to>")]
async fn location(to: String) -> (Location, ()) {
    (Location::new(to), ())
}

#[povery::route(GET, "/redirect?<to>")]
async fn redirect(to: String) -> Redirect {
    Redirect::to(to)
}

#[povery::route(GET, "/header?<name>&<value>")]
async fn any_header(name: String, value: String) -> ([(String, String); 1], ()) {
    ([(name, value)], ())
}

#[povery::route(GET, "/unserialisable", status = 203)]
async fn unserialisable() -> (Location, Json<BTreeMap<Option<u8>, &'static str>>) {
    (
        Location::new("/a"),
        Json(BTreeMap::from([(None, "a secret")])),
    )
}

#[povery::route(GET, "/status/<number>")]
async fn any_status(number: u16) -> Result<(StatusCode, &'static str), PoveryError> {
    Ok((
        StatusCode::from_u16(number).map_err(PoveryError::internal)?,
        "a",
    ))
}

#[tokio::test]
async fn what_cannot_be_sent_is_a_500_that_says_nothing() {
    let cases = [
        "/unserialisable",
        "/location?to=/a%0D%0Aset-cookie:%20s=1",
        "/location?to=/a%20b",
        "/location?to=/%C3%A9",
        "/location?to=%3Cscript%3E",
        "/redirect?to=/a%0Aset-cookie:%20s=1",
        "/redirect?to=%00",
        "/header?name=x&value=a%0D%0Aset-cookie:%20s=1",
        "/header?name=x&value=a%0Ab",
        "/header?name=x&value=a%00",
        "/header?name=x%0Ay&value=1",
        "/header?name=&value=1",
        "/status/100",
        "/status/101",
        "/status/600",
        "/status/99",
    ];
    let expected =
        r#"{"errorMessage":"Internal server error","errorCode":"INTERNAL","requestId":"r-1"}"#;
    for path in cases {
        let (status, headers, body) = get(ROUTES, path).await;
        assert_eq!((status, body.as_str()), (500, expected), "{path}");
        let names: Vec<_> = headers.keys().collect();
        assert_eq!(names, ["content-type"], "{path}");
    }
}

#[tokio::test]
async fn a_status_without_a_body_has_none() {
    for status in [204, 205, 304] {
        let (found, headers, body) = get(ROUTES, &format!("/status/{status}")).await;
        assert_eq!((found, body.as_str()), (status, ""));
        assert!(headers.is_empty(), "{status}: {headers:?}");
    }
}

/// What is logged, as text.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn the_log_says_why_in_one_line_and_nothing_that_was_sent() {
    let cases = [
        ("/unserialisable", "key must be a string"),
        ("/location?to=/a%0Asecret", "must be percent-encoded"),
        ("/redirect?to=/a%20secret", "must be percent-encoded"),
        (
            "/header?name=x-a&value=a%0Dsecret",
            "the value of the header `x-a`",
        ),
        (
            "/header?name=x%0Asecret&value=1",
            "invalid HTTP header name",
        ),
        ("/status/101", "the status 101, which cannot end a request"),
    ];
    for (path, reason) in cases {
        let log = Log::default();
        let writer = log.clone();
        let subscriber = tracing_subscriber::fmt()
            .with_ansi(false)
            .with_writer(move || writer.clone())
            .finish();
        // With one subscriber alone `tracing` would believe a thread without any that nobody listens.
        let _other = tracing::Dispatch::new(tracing::subscriber::NoSubscriber::new());
        let guard = tracing::subscriber::set_default(subscriber);
        assert_eq!(get(ROUTES, path).await.0, 500, "{path}");
        drop(guard);
        let text = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
        assert_eq!(text.lines().count(), 1, "{text}");
        for part in ["ERROR", "r-1", "status=500", reason] {
            assert!(text.contains(part), "{part} in {text}");
        }
        assert!(!text.contains("secret"), "{text}");
    }
}
