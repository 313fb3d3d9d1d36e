use std::io::Read;

use flate2::read::GzDecoder;
use futures_util::{FutureExt, Stream, stream};
use http::Method;
use tokio::sync::mpsc;

use super::*;
use crate::app::App;
use crate::error::BoxError;
use crate::response::ByteStream;
use crate::test::{TestClient, TestResponse};
use crate::{State, StatusCode};

/// Text of this length, under these headers.
#[povery_macros::route(GET, "/text/<length>", crate = crate)]
async fn text(length: usize, headers: State<HeaderMap>) -> (HeaderMap, String) {
    ((*headers).clone(), "ab".repeat(length / 2))
}

#[povery_macros::route(GET, "/fails/<length>", crate = crate)]
async fn fails(length: usize) -> PoveryError {
    PoveryError::gone("x".repeat(length))
}

#[povery_macros::route(POST, "/created", status = 201, crate = crate)]
async fn created() -> String {
    "ab".repeat(1024)
}

type Chunks = std::sync::Mutex<Option<mpsc::UnboundedReceiver<Result<&'static str, BoxError>>>>;

#[povery_macros::route(GET, "/stream/<kind>/<subtype>", crate = crate)]
async fn streamed(
    kind: String,
    subtype: String,
    chunks: State<Chunks>,
) -> (
    [(&'static str, String); 1],
    ByteStream<impl Stream<Item = Result<&'static str, BoxError>>>,
) {
    let mut chunks = chunks.lock().unwrap().take().unwrap();
    let stream = stream::poll_fn(move |cx| chunks.poll_recv(cx));
    let media_type = format!("{kind}/{subtype}");
    ([("content-type", media_type)], ByteStream(stream))
}

fn app(headers: &[(&'static str, &'static str)]) -> App {
    let mut map = HeaderMap::new();
    for &(name, value) in headers {
        map.append(name, HeaderValue::from_static(value));
    }
    App::new()
        .routes(crate::routes![text, fails, created, streamed])
        .state(map)
        .compression()
}

async fn sent(app: App, method: Method, path: &str, accept: Option<&str>) -> TestResponse {
    let mut request = TestClient::new(app).request(method, path);
    if let Some(accept) = accept {
        request = request.header("accept-encoding", accept);
    }
    request.send().await
}

async fn get(headers: &[(&'static str, &'static str)], path: &str) -> TestResponse {
    sent(app(headers), Method::GET, path, Some("gzip")).await
}

fn gunzip(bytes: &[u8]) -> String {
    let mut text = String::new();
    GzDecoder::new(bytes).read_to_string(&mut text).unwrap();
    text
}

#[tokio::test]
async fn what_is_accepted_decides() {
    for (accept, encoding) in [
        (None, None),
        (Some("identity"), None),
        (Some(""), None),
        (Some("deflate"), None),
        (Some("gzip;q=0"), None),
        (Some("gzip;q=0.1, identity;q=0.5"), None),
        (Some("identity;q=0"), None),
        (Some("*;q=0"), None),
        (Some("gzip"), Some("gzip")),
        (Some("GZIP"), Some("gzip")),
        (Some("deflate, gzip;q=0.5"), Some("gzip")),
    ] {
        let answer = sent(app(&[]), Method::GET, "/text/2000", accept).await;
        assert_eq!(answer.status(), 200, "{accept:?}");
        assert_eq!(answer.header("content-encoding"), encoding, "{accept:?}");
        assert_eq!(answer.header("vary"), Some("accept-encoding"), "{accept:?}");
        let text = match encoding {
            Some(_) => gunzip(answer.bytes()),
            None => answer.text().to_owned(),
        };
        assert_eq!(text, "ab".repeat(1000));
        assert_eq!(answer.chunks().len(), 1, "it stays whole");
    }
    let answer = sent(app(&[]), Method::POST, "/created", Some("gzip")).await;
    assert_eq!(answer.status(), StatusCode::CREATED);
    assert_eq!(gunzip(answer.bytes()), "ab".repeat(1024));
}

#[cfg(feature = "compression-br")]
#[tokio::test]
async fn brotli_goes_before_gzip() {
    let answer = sent(app(&[]), Method::GET, "/text/20000", Some("gzip, br")).await;
    assert_eq!(answer.header("content-encoding"), Some("br"));
    assert!(answer.bytes().len() < 100, "{}", answer.bytes().len());
}

#[tokio::test]
async fn what_gains_nothing_stays_as_it_is() {
    for headers in [
        &[("content-type", "text/event-stream")][..],
        &[("content-type", "image/png")],
        &[("content-type", "application/zip")],
        &[("content-type", "application/octet-stream")],
        &[("content-type", "video/mp4")],
        &[("content-type", "no type")],
        &[("cache-control", "no-cache, No-Transform")],
        &[
            ("cache-control", "no-cache"),
            ("cache-control", "no-transform"),
        ],
        &[("content-encoding", "br")],
        &[("content-range", "bytes 0-1999/4000")],
    ] {
        let answer = get(headers, "/text/2000").await;
        assert_eq!(answer.text().len(), 2000, "{headers:?}");
        assert_eq!(answer.header("vary"), None, "{headers:?}");
        let encoding = answer.header("content-encoding");
        assert!(encoding.is_none_or(|encoding| encoding == "br"));
    }
    assert_eq!(get(&[], "/text/1022").await.header("vary"), None);
    let answer = get(&[], "/text/1024").await;
    assert_eq!(answer.header("content-encoding"), Some("gzip"));
}

#[tokio::test]
async fn text_of_any_kind_is_compressed() {
    for media_type in [
        "text/html; charset=utf-8",
        "TEXT/CSV",
        "application/json",
        "application/problem+json",
        "application/vnd.api+json;v=1",
        "application/x-ndjson",
        "image/svg+xml",
        "application/wasm",
        "application/javascript",
        "font/ttf",
    ] {
        let answer = get(&[("content-type", media_type)], "/text/2000").await;
        assert_eq!(answer.header("content-encoding"), Some("gzip"));
        assert_eq!(answer.header("content-type"), Some(media_type));
        assert_eq!(gunzip(answer.bytes()), "ab".repeat(1000));
    }
}

#[tokio::test]
async fn what_names_the_bytes_is_true_of_the_compressed_ones() {
    let headers = [
        ("etag", "\"a\""),
        ("accept-ranges", "bytes"),
        ("content-length", "2000"),
        ("vary", "origin"),
    ];
    let answer = get(&headers, "/text/2000").await;
    assert_eq!(answer.header("etag"), Some("W/\"a\""));
    assert_eq!(answer.header("accept-ranges"), None);
    assert_eq!(answer.header("content-length"), None);
    let vary: Vec<_> = answer.headers().get_all("vary").iter().collect();
    assert_eq!(vary, ["origin", "accept-encoding"]);

    let plain = sent(app(&headers), Method::GET, "/text/2000", None).await;
    assert_eq!(plain.header("etag"), Some("\"a\""));
    assert_eq!(plain.header("content-length"), Some("2000"));
    let weak = get(&[("etag", "W/\"a\"")], "/text/2000").await;
    assert_eq!(weak.header("etag"), Some("W/\"a\""));

    let length = answer.bytes().len().to_string();
    let head = sent(app(&headers), Method::HEAD, "/text/2000", Some("gzip")).await;
    assert_eq!(head.header("content-length"), Some(&*length));
    for name in ["content-encoding", "etag", "content-type"] {
        assert_eq!(head.header(name), answer.header(name), "{name}");
    }
    assert_eq!(head.text(), "");
}

#[tokio::test]
async fn large_errors_are_compressed_too() {
    let answer = get(&[], "/fails/2000").await;
    assert_eq!(answer.status(), 410);
    assert_eq!(answer.header("content-encoding"), Some("gzip"));
    assert!(gunzip(answer.bytes()).contains(&"x".repeat(2000)));
    assert_eq!(get(&[], "/nowhere").await.header("content-encoding"), None);
}

#[tokio::test]
async fn without_it_nothing_is_compressed() {
    let app = App::new()
        .routes(crate::routes![text])
        .state(HeaderMap::new());
    let answer = sent(app, Method::GET, "/text/2000", Some("gzip")).await;
    assert_eq!((answer.header("vary"), answer.text().len()), (None, 2000));
}

#[tokio::test]
async fn a_stream_is_compressed_as_it_comes() {
    let (feed, chunks) = mpsc::unbounded_channel();
    let fed = app(&[]).state::<Chunks>(Some(chunks).into());
    let request = TestClient::new(fed).get("/stream/application/x-ndjson");
    let request = request.header("accept-encoding", "gzip");
    let mut answer = request.send_stream().await;
    assert_eq!(answer.headers()["content-encoding"], "gzip");
    let mut bytes = Vec::new();
    let mut decoded = |more: &[u8]| {
        bytes.extend_from_slice(more);
        // An error at the end means that there is more to come.
        let mut text = Vec::new();
        let _ = GzDecoder::new(&*bytes).read_to_end(&mut text);
        String::from_utf8(text).unwrap()
    };
    for (line, all) in [("{\"a\":1}\n", 1), ("{\"b\":2}\n", 2)] {
        feed.send(Ok(line)).unwrap();
        let mut text = String::new();
        while text.lines().count() < all {
            // All of a line is there before the next one is made.
            let chunk = answer.next().now_or_never().expect("it is flushed");
            text = decoded(&chunk.unwrap().unwrap());
        }
        assert!(text.ends_with(line), "{text}");
        assert!(answer.next().now_or_never().is_none());
    }
    feed.send(Err("broken".into())).unwrap();
    let rest = answer.read().await;
    assert!(rest.interrupted().is_some());

    let (feed, chunks) = mpsc::unbounded_channel();
    feed.send(Ok("data: 1\n\n")).unwrap();
    drop(feed);
    let fed = app(&[]).state::<Chunks>(Some(chunks).into());
    let answer = sent(fed, Method::GET, "/stream/text/event-stream", Some("gzip")).await;
    assert_eq!(answer.text(), "data: 1\n\n");
}
