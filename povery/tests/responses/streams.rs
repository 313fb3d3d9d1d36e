//! Answers that are made while they are sent.

use futures_util::{Stream, StreamExt, stream};
use povery::prelude::*;
use povery::test::TestClient;
use povery::{Body, BoxError, ByteStream, Bytes, SetCookie, cookie::Cookie};

#[povery::route(GET, "/bytes")]
async fn bytes() -> ByteStream<impl Stream<Item = Result<Bytes, std::io::Error>>> {
    ByteStream(stream::iter([Ok(Bytes::from("a")), Ok(Bytes::from("b"))]))
}

#[povery::route(GET, "/body/<stream>")]
async fn body(stream: bool) -> Body {
    if stream {
        Body::from_stream(stream::iter([Ok::<_, BoxError>("a"), Ok("b")]))
    } else {
        Body::from("ab")
    }
}

#[povery::route(GET, "/events", status = 203)]
async fn events() -> ([(&'static str, &'static str); 2], SetCookie, Body) {
    let events = stream::iter(1..3).map(|event| Ok::<_, BoxError>(format!("data: {event}\n\n")));
    let headers = [
        ("content-type", "text/event-stream"),
        ("cache-control", "no-cache"),
    ];
    let cookie = SetCookie(Cookie::new("a", "1"));
    (headers, cookie, Body::from_stream(events))
}

#[povery::route(GET, "/found/<found>")]
async fn found(found: bool) -> Result<Body, PoveryError> {
    if !found {
        return Err(PoveryError::not_found("No such file"));
    }
    Ok(Body::from_stream(stream::iter([Ok("a"), Err("it broke")])))
}

fn client() -> TestClient {
    TestClient::new(App::new().routes(povery::routes![bytes, body, events, found]))
}

#[tokio::test]
async fn chunks_stay_chunks() {
    for (path, chunks) in [
        ("/bytes", &["a", "b"][..]),
        ("/body/true", &["a", "b"]),
        ("/body/false", &["ab"]),
    ] {
        let answer = client().get(path).send().await;
        assert_eq!(answer.chunks(), chunks, "{path}");
        assert_eq!((answer.status().as_u16(), answer.text()), (200, "ab"));
        let media_type = answer.header("content-type");
        assert_eq!(media_type, Some("application/octet-stream"), "{path}");
        assert_eq!(answer.header("content-length"), None, "{path}");
    }
}

#[tokio::test]
async fn parts_and_statuses_go_before_it() {
    let answer = client().get("/events").send().await;
    assert_eq!(answer.status(), 203);
    assert_eq!(answer.header("content-type"), Some("text/event-stream"));
    assert_eq!(answer.header("cache-control"), Some("no-cache"));
    assert_eq!(answer.header("set-cookie"), Some("a=1"));
    assert_eq!(answer.chunks(), ["data: 1\n\n", "data: 2\n\n"]);
}

#[tokio::test]
async fn what_is_known_before_is_an_answer() {
    let answer = client().get("/found/false").send().await;
    assert_eq!(answer.error().message, "No such file");
    let answer = client().get("/found/true").send().await;
    assert_eq!(answer.status(), 200);
    assert_eq!(answer.chunks(), ["a"]);
    let interrupted = answer.interrupted().unwrap().to_string();
    assert_eq!(interrupted, "the stream of the response failed");
}

#[tokio::test]
#[should_panic(expected = "the body ended early: the stream of the response failed")]
async fn half_a_body_is_not_taken_for_one() {
    let answer = client().get("/found/true").send().await;
    let _ = answer.text();
}
