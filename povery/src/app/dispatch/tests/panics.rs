//! Code of the application that panics where nobody expects it.

use std::fmt;
use std::panic::panic_any;
use std::time::Duration;

use futures_util::stream;

use super::*;
use crate::request::Deadline;
use crate::test::{TestClient, TestResponse};

/// Panics when it is dropped.
#[derive(Debug)]
struct Bomb;

impl Drop for Bomb {
    fn drop(&mut self) {
        // A second panic on the way of the first would end the process.
        if !std::thread::panicking() {
            panic!("a bomb went\noff");
        }
    }
}

/// Panics when it is read.
#[derive(Debug)]
struct Unreadable;

impl fmt::Display for Unreadable {
    fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        panic!("unreadable");
    }
}

impl std::error::Error for Unreadable {}

fn ticking(body: Option<&'static str>) -> Body {
    let bomb = Bomb;
    let chunks = stream::iter(body.map(Ok::<_, BoxError>));
    Body::from_stream(stream::StreamExt::inspect(chunks, move |_| {
        let _ = &bomb;
    }))
}

const LATE: RouteDef = route(Method::Get, &[Segment::Literal("late")], |_| {
    Box::pin(async {
        let _bomb = Bomb;
        std::future::pending().await
    })
});
const SOURCE: RouteDef = route(Method::Get, &[Segment::Literal("source")], |_| {
    Box::pin(async { Err(PoveryError::unavailable("Busy").with_source(Unreadable)) })
});
const PAYLOAD: RouteDef = route(Method::Get, &[Segment::Literal("payload")], |_| {
    Box::pin(async { panic_any(Bomb) })
});
const STREAM: RouteDef = route(Method::Get, &[Segment::Literal("stream")], |_| {
    Box::pin(async { Ok(Response::new(ticking(Some("chunk")))) })
});

async fn sent(method: http::Method, path: &str) -> TestResponse {
    let app = App::new().routes(RouteTable::new(&[
        Entry::One(&LATE),
        Entry::One(&SOURCE),
        Entry::One(&PAYLOAD),
        Entry::One(&STREAM),
    ]));
    let request = TestClient::new(app).request(method, path);
    request
        .deadline(Deadline::after(Duration::from_millis(100)))
        .send()
        .await
}

#[tokio::test]
async fn it_is_a_500_wherever_it_is() {
    for path in ["/late", "/source", "/payload"] {
        for method in [http::Method::GET, http::Method::HEAD] {
            let answer = sent(method.clone(), path).await;
            assert_eq!(answer.status(), 500, "{method} {path}");
            let body = answer.text();
            assert_eq!(
                body.is_empty(),
                method == http::Method::HEAD,
                "{path}: {body}"
            );
            assert!(
                !body.contains("bomb") && !body.contains("unreadable"),
                "{body}"
            );
        }
    }
}

#[tokio::test]
async fn a_stream_that_panics_at_its_end_has_been_sent() {
    let answer = sent(http::Method::GET, "/stream").await;
    assert_eq!((answer.status().as_u16(), answer.text()), (200, "chunk"));
    let answer = sent(http::Method::HEAD, "/stream").await;
    assert_eq!((answer.status().as_u16(), answer.text()), (500, ""));
}

#[tokio::test]
async fn a_host_that_goes_away_survives_the_stream() {
    let mut request = Incoming::from(http::Request::new(()));
    let asked = Asked::of(&App::new().inner, &mut request.head);
    drop(guarded(ticking(None), asked, None));
}

#[test]
fn what_it_says_is_one_line() {
    let panic = std::panic::catch_unwind(|| drop(Bomb)).unwrap_err();
    assert_eq!(panic_text(panic), "a bomb went off");
    let panic = std::panic::catch_unwind(|| panic_any(Bomb)).unwrap_err();
    assert_eq!(panic_text(panic), "without a message");
}
