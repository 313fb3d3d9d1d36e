mod panics;

use std::time::Duration;

use bytes::Bytes;
use http::StatusCode;
use http_body_util::{BodyExt, Full, StreamBody};
use tower::ServiceExt;

use super::*;
use crate::app::App;
use crate::error::BoxError;
use crate::extract::Inputs;
use crate::request::{Request, RequestId};
use crate::response::{IntoResponse, Json};
use crate::route::{Entry, Handling, Method, RouteDef, RouteTable, Segment};
use crate::validate::In;

const fn route(
    method: Method,
    segments: &'static [Segment],
    handler: fn(Inputs) -> Handling,
) -> RouteDef {
    RouteDef::new(method, "-", segments, RouteDef::BROKEN.site, handler)
}

const HELLO: RouteDef = route(Method::Get, &[Segment::Literal("hello")], |_| {
    Box::pin(async { "hello".into_response() })
});
const PANIC: RouteDef = route(Method::Get, &[Segment::Literal("panic")], |_| {
    Box::pin(async { panic!("a secret") })
});
const FAIL: RouteDef = route(Method::Get, &[Segment::Literal("fail")], |_| {
    Box::pin(async { Err(PoveryError::internal("a secret source")) })
});
const BUSY: RouteDef = route(Method::Get, &[Segment::Literal("busy")], |_| {
    Box::pin(async { Err(PoveryError::unavailable("Busy")) })
});
const FAULTY: RouteDef = route(Method::Get, &[Segment::Literal("faulty")], |_| {
    Box::pin(async { Err(PoveryError::invalid(In::Query, "q", "odd", "must be odd")) })
});
const ECHO: RouteDef = route(Method::Post, &[Segment::Literal("echo")], |mut inputs| {
    Box::pin(async move {
        let length = inputs.input::<BodyLength>().await;
        inputs.settle()?;
        Json(inputs.resource(length).await?.0).into_response()
    })
});
const UNSERIALISABLE: RouteDef = route(Method::Get, &[Segment::Literal("unserialisable")], |_| {
    Box::pin(async { Json(std::collections::BTreeMap::from([((), 1)])).into_response() })
});

struct BodyLength(usize);

impl crate::FromRequest for BodyLength {
    async fn from_request(request: &Request) -> Result<Self, crate::Rejection> {
        Ok(Self(request.body().len()))
    }
}

fn app() -> App {
    App::new()
        .routes(RouteTable::new(&[
            Entry::One(&HELLO),
            Entry::One(&PANIC),
            Entry::One(&FAIL),
            Entry::One(&BUSY),
            Entry::One(&FAULTY),
            Entry::One(&ECHO),
            Entry::One(&UNSERIALISABLE),
        ]))
        .body_limit(10)
}

async fn send(
    app: App,
    method: &str,
    path: &str,
    body: &'static str,
) -> (StatusCode, http::HeaderMap, String) {
    let request = http::Request::builder()
        .method(method)
        .uri(path)
        .extension(RequestId::from("r-1"));
    let request = request
        .body(Full::new(Bytes::from_static(body.as_bytes())))
        .unwrap();
    let (parts, body) = app.oneshot(request).await.unwrap().into_parts();
    let body = body.collect().await.unwrap().to_bytes();
    (
        parts.status,
        parts.headers,
        String::from_utf8(body.to_vec()).unwrap(),
    )
}

#[tokio::test]
async fn a_response_passes_through() {
    let (status, headers, body) = send(app(), "GET", "/hello", "").await;
    assert_eq!((status, body.as_str()), (StatusCode::OK, "hello"));
    assert_eq!(headers["content-type"], "text/plain; charset=utf-8");
}

#[tokio::test]
async fn head_has_the_headers_of_get_and_no_body() {
    let (status, headers, body) = send(app(), "HEAD", "/hello", "").await;
    assert_eq!((status, body.as_str()), (StatusCode::OK, ""));
    assert_eq!(headers["content-length"], "5");
}

#[tokio::test]
async fn options_answers_from_the_table() {
    let (status, headers, body) = send(app(), "OPTIONS", "/hello", "").await;
    assert_eq!((status, body.as_str()), (StatusCode::NO_CONTENT, ""));
    assert_eq!(headers["allow"], "GET, HEAD, OPTIONS");
}

#[tokio::test]
async fn errors_have_the_wire_format() {
    let cases = [
        (
            "GET",
            "/nowhere",
            404,
            r#"{"errorMessage":"Nothing is found at this path","errorCode":"NOT_FOUND","requestId":"r-1"}"#,
        ),
        (
            "DELETE",
            "/hello",
            405,
            r#"{"errorMessage":"This path has no DELETE","errorCode":"METHOD_NOT_ALLOWED","requestId":"r-1"}"#,
        ),
        (
            "GET",
            "/%zz",
            400,
            r#"{"errorMessage":"The path is not valid: it has a `%` that begins no escape","errorCode":"BAD_REQUEST","requestId":"r-1"}"#,
        ),
        (
            "GET",
            "/fail",
            500,
            r#"{"errorMessage":"Internal server error","errorCode":"INTERNAL","requestId":"r-1"}"#,
        ),
        (
            "GET",
            "/panic",
            500,
            r#"{"errorMessage":"Internal server error","errorCode":"INTERNAL","requestId":"r-1"}"#,
        ),
        (
            "GET",
            "/unserialisable",
            500,
            r#"{"errorMessage":"Internal server error","errorCode":"INTERNAL","requestId":"r-1"}"#,
        ),
        (
            "GET",
            "/faulty",
            400,
            r#"{"errorMessage":"Validation failed","errorCode":"VALIDATION_FAILED","errorData":[{"property":"q","in":"query","constraints":{"odd":"must be odd"}}],"requestId":"r-1"}"#,
        ),
    ];
    for (method, path, expected, expected_body) in cases {
        let (status, headers, body) = send(app(), method, path, "").await;
        assert_eq!(
            (status.as_u16(), body.as_str()),
            (expected, expected_body),
            "{path}"
        );
        assert_eq!(headers["content-type"], "application/json", "{path}");
    }
    let (_, headers, _) = send(app(), "DELETE", "/hello", "").await;
    assert_eq!(headers["allow"], "GET, HEAD, OPTIONS");
    let (status, headers, _) = send(app(), "GET", "/busy", "").await;
    assert_eq!(
        (status.as_u16(), &headers["retry-after"]),
        (503, &HeaderValue::from_static("1"))
    );
}

#[tokio::test]
async fn problem_json_is_a_choice() {
    let (status, headers, body) = send(app().problem_json(), "GET", "/faulty", "").await;
    assert_eq!(status, 400);
    assert_eq!(headers["content-type"], "application/problem+json");
    assert_eq!(
        body,
        r#"{"type":"about:blank","title":"Bad Request","status":400,"detail":"Validation failed","code":"VALIDATION_FAILED","errors":[{"property":"q","in":"query","constraints":{"odd":"must be odd"}}],"requestId":"r-1"}"#
    );
}

#[tokio::test]
async fn a_body_over_the_limit_is_refused() {
    assert_eq!(send(app(), "POST", "/echo", "0123456789").await.2, "10");
    let (status, _, body) = send(app(), "POST", "/echo", "0123456789a").await;
    assert_eq!(status, 413);
    assert!(body.contains("PAYLOAD_TOO_LARGE"), "{body}");
    // A path that does not exist is a 404 whatever its body.
    assert_eq!(send(app(), "POST", "/nowhere", "0123456789a").await.0, 404);
}

#[tokio::test]
async fn a_body_of_unknown_length_is_read_only_up_to_the_limit() {
    let endless = futures_util::stream::repeat_with(|| {
        Ok::<_, std::convert::Infallible>(http_body::Frame::data(Bytes::from_static(b"0123")))
    });
    let request = http::Request::post("/echo")
        .body(StreamBody::new(endless))
        .unwrap();
    assert_eq!(app().oneshot(request).await.unwrap().status(), 413);
}

/// A body that says how long it is, and is never read.
struct Announced(u64);

impl http_body::Body for Announced {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        self: std::pin::Pin<&mut Self>,
        _: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Option<Result<http_body::Frame<Bytes>, BoxError>>> {
        panic!("it is read")
    }

    fn size_hint(&self) -> http_body::SizeHint {
        http_body::SizeHint::with_exact(self.0)
    }
}

#[tokio::test]
async fn a_body_that_announces_too_much_is_not_read() {
    const SMALL: RouteDef = RouteDef {
        segments: &[Segment::Literal("small")],
        ..ECHO.with_body_limit(5)
    };
    let routes = RouteTable::new(&[Entry::One(&SMALL)]);
    for (path, length, status) in [
        ("/echo", 11, 413),
        ("/echo", 10, 500),
        ("/small", 6, 413),
        ("/small", 5, 500),
        ("/nowhere", u64::MAX, 404),
    ] {
        let request = http::Request::post(path).body(Announced(length)).unwrap();
        let response = app().routes(routes).oneshot(request).await.unwrap();
        assert_eq!(response.status(), status, "{path} {length}");
    }
}

#[test]
fn conflicts_are_all_reported() {
    let error = App::new()
        .routes(RouteTable::new(&[Entry::One(&HELLO), Entry::One(&HELLO)]))
        .routes(RouteTable::new(&[Entry::One(&HELLO)]))
        .check()
        .unwrap_err();
    assert_eq!(error.to_string().lines().count(), 2);
}

/// Tells whether it was dropped before its end.
struct Held(Arc<std::sync::atomic::AtomicBool>);

impl Drop for Held {
    fn drop(&mut self) {
        self.0.store(true, std::sync::atomic::Ordering::Relaxed);
    }
}

#[povery_macros::route(GET, "/slow/<millis>", crate = crate)]
async fn slow(millis: u64, held: crate::State<Arc<std::sync::atomic::AtomicBool>>) -> String {
    let _held = Held(Arc::clone(&held));
    tokio::time::sleep(Duration::from_millis(millis)).await;
    "slow".to_owned()
}

#[tokio::test(start_paused = true)]
async fn the_answer_comes_before_the_invocation_ends() {
    for (left, millis, status) in [
        (1_000, 700, 200),
        (1_000, 900, 504),
        (1_000, 60_000, 504),
        (100, 60_000, 504),
        (0, 60_000, 504),
    ] {
        let dropped = Arc::new(std::sync::atomic::AtomicBool::new(false));
        let app = App::new()
            .routes(crate::routes![slow])
            .state(Arc::clone(&dropped));
        let start = tokio::time::Instant::now();
        let request = http::Request::get(format!("/slow/{millis}"))
            .extension(crate::request::Deadline::from(
                start.into_std() + Duration::from_millis(left),
            ))
            .body(Body::default())
            .unwrap();
        let response = app.oneshot(request).await.unwrap();
        assert_eq!(response.status(), status, "{left} {millis}");
        let most = Duration::from_millis(left + 1);
        assert!(start.elapsed() <= most, "{left} {millis}");
        if status == 504 {
            let body = String::from_utf8_lossy(response.body().as_bytes().unwrap()).into_owned();
            assert!(body.contains(r#""errorCode":"TIMEOUT""#), "{body}");
            assert!(dropped.load(std::sync::atomic::Ordering::Relaxed));
        }
    }
}
