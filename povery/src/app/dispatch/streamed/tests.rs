use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures_util::{FutureExt, Stream, StreamExt, stream};
use tokio::sync::mpsc;
use tokio::time::Instant;

use super::*;
use crate::app::App;
use crate::request::LambdaContext;
use crate::response::{ByteStream, Response};
use crate::test::{TestClient, TestRequest};
use crate::{PoveryError, State, StatusCode};

type Chunk = Result<String, BoxError>;

/// A stream that a test feeds, and that tells whether it was polled and dropped.
struct Fed {
    chunks: mpsc::UnboundedReceiver<Chunk>,
    seen: Arc<Seen>,
}

#[derive(Default)]
struct Seen {
    polled: AtomicBool,
    dropped: AtomicBool,
}

impl Stream for Fed {
    type Item = Chunk;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Chunk>> {
        self.seen.polled.store(true, Ordering::Relaxed);
        let chunk = ready!(self.chunks.poll_recv(cx));
        assert!(
            !matches!(&chunk, Some(Ok(text)) if text == "panic"),
            "an unlucky chunk"
        );
        Poll::Ready(chunk)
    }
}

impl Drop for Fed {
    fn drop(&mut self) {
        self.seen.dropped.store(true, Ordering::Relaxed);
    }
}

#[povery_macros::route(GET, "/fed", crate = crate)]
async fn fed(fed: State<Mutex<Option<Fed>>>) -> ByteStream<impl Stream<Item = Chunk>> {
    let taken = fed.lock().unwrap().take();
    ByteStream(taken.expect("it is asked for once"))
}

#[povery_macros::route(GET, "/length", crate = crate)]
async fn length(given: State<Mutex<Option<Fed>>>) -> Response {
    let stream = given.lock().unwrap().take().unwrap();
    let mut response = Response::new(Body::from_stream(stream));
    response
        .headers_mut()
        .insert("content-length", 5_u64.into());
    response
}

#[povery_macros::route(GET, "/none", crate = crate)]
async fn none(given: State<Mutex<Option<Fed>>>) -> Result<(StatusCode, Body), PoveryError> {
    let stream = given.lock().unwrap().take().unwrap();
    Ok((StatusCode::NO_CONTENT, Body::from_stream(stream)))
}

#[povery_macros::route(GET, "/ready", crate = crate)]
async fn ready_for_ever() -> ByteStream<impl Stream<Item = Chunk>> {
    ByteStream(stream::repeat_with(|| Ok("tick".to_owned())))
}

/// The application, what feeds its stream, and what is seen of that.
fn app() -> (App, mpsc::UnboundedSender<Chunk>, Arc<Seen>) {
    let (feed, chunks) = mpsc::unbounded_channel();
    let seen = Arc::new(Seen::default());
    let fed_stream = Fed {
        chunks,
        seen: Arc::clone(&seen),
    };
    let app = App::new()
        .routes(crate::routes![fed, length, none, ready_for_ever])
        .state(Mutex::new(Some(fed_stream)));
    (app, feed, seen)
}

fn get(app: App, path: &str) -> TestRequest {
    TestClient::new(app).get(path).request_id("r-1")
}

/// What is logged on this thread until it is read.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl std::io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl Log {
    fn listen(&self) -> tracing::subscriber::DefaultGuard {
        let log = self.clone();
        let subscriber = tracing_subscriber::fmt()
            .with_writer(move || log.clone())
            .with_ansi(false)
            .finish();
        crate::log::listen(subscriber)
    }

    fn text(&self) -> String {
        String::from_utf8_lossy(&self.0.lock().unwrap()).into_owned()
    }
}

#[tokio::test]
async fn a_chunk_arrives_before_the_next_one_is_made() {
    let (app, feed, seen) = app();
    let mut answer = get(app, "/fed").send_stream().await;
    assert!(!seen.polled.load(Ordering::Relaxed));
    assert!(answer.next().now_or_never().is_none(), "nothing is there");
    feed.send(Ok("one".to_owned())).unwrap();
    assert_eq!(answer.next().await.unwrap().unwrap(), "one");
    assert!(answer.next().now_or_never().is_none());
    feed.send(Ok("two".to_owned())).unwrap();
    drop(feed);
    let rest = answer.read().await;
    assert_eq!(rest.chunks(), ["two"]);
    assert!(rest.interrupted().is_none() && seen.dropped.load(Ordering::Relaxed));
}

#[tokio::test]
async fn an_error_and_a_panic_end_it_early_and_are_logged() {
    for (last, why, text) in [
        (
            Err(PoveryError::not_found("Lost")
                .with_source("line\nbreak")
                .into()),
            Interrupted::Failed,
            "the response ended early: Lost: line break",
        ),
        (
            Ok("panic".to_owned()),
            Interrupted::Panicked,
            "the response ended early: its stream panicked: an unlucky chunk",
        ),
    ] {
        let log = Log::default();
        let _listening = log.listen();
        let (app, feed, seen) = app();
        feed.send(Ok("one".to_owned())).unwrap();
        feed.send(last).unwrap();
        feed.send(Ok("never".to_owned())).unwrap();
        let answer = get(app, "/fed?token=secret").send().await;
        assert_eq!(answer.status(), 200);
        assert_eq!(answer.chunks(), ["one"]);
        let interrupted = answer.interrupted().unwrap().downcast_ref();
        assert_eq!(interrupted, Some(&why));
        assert!(seen.dropped.load(Ordering::Relaxed));
        let log = log.text();
        assert_eq!(log.lines().count(), 1, "{log}");
        for part in [text, "ERROR", "r-1", "method=GET", "/fed"] {
            assert!(log.contains(part), "{log}");
        }
        assert!(!log.contains("secret"), "{log}");
    }
}

#[tokio::test(start_paused = true)]
async fn the_invocation_bounds_the_stream() {
    for (path, chunks) in [("/fed", 1), ("/ready", 2)] {
        let (app, feed, _) = app();
        feed.send(Ok("one".to_owned())).unwrap();
        let start = Instant::now();
        let context = LambdaContext {
            deadline: Some(start.into_std() + Duration::from_secs(3)).into(),
            ..LambdaContext::default()
        };
        let mut answer = get(app, path).lambda_context(context).send_stream().await;
        for _ in 0..chunks {
            assert!(answer.next().await.unwrap().is_ok());
        }
        if path == "/ready" {
            tokio::time::advance(Duration::from_secs(3)).await;
        }
        let error = answer.next().await.unwrap().unwrap_err();
        assert_eq!(error.downcast_ref(), Some(&Interrupted::TimedOut));
        assert!(answer.next().await.is_none());
        let took = start.elapsed();
        assert!(took >= Duration::from_millis(2_800), "{path}: {took:?}");
        assert!(
            path == "/ready" || took < Duration::from_secs(3),
            "{took:?}"
        );
    }
}

#[tokio::test]
async fn what_has_no_body_polls_no_stream() {
    for (method, path, status, length) in [
        ("HEAD", "/fed", 200, None),
        ("HEAD", "/length", 200, Some("5")),
        ("HEAD", "/none", 204, None),
        ("GET", "/none", 204, None),
    ] {
        let (app, feed, seen) = app();
        feed.send(Ok("one".to_owned())).unwrap();
        let request = TestClient::new(app).request(method.parse().unwrap(), path);
        let answer = request.send().await;
        assert_eq!((answer.status().as_u16(), answer.text()), (status, ""));
        assert_eq!(answer.header("content-length"), length, "{method} {path}");
        assert!(!seen.polled.load(Ordering::Relaxed), "{method} {path}");
        assert!(seen.dropped.load(Ordering::Relaxed), "{method} {path}");
    }
}

#[tokio::test]
async fn a_length_is_kept_where_it_may_be_true() {
    let (app, feed, _) = app();
    feed.send(Ok("12345".to_owned())).unwrap();
    drop(feed);
    let answer = get(app, "/length").send().await;
    assert_eq!(answer.header("content-length"), Some("5"));
    assert_eq!(answer.text(), "12345");
}

#[tokio::test]
async fn an_empty_stream_is_an_empty_body() {
    let (app, feed, _) = app();
    drop(feed);
    let answer = get(app, "/fed").send().await;
    assert_eq!((answer.status().as_u16(), answer.text()), (200, ""));
    assert!(answer.chunks().is_empty());
}

#[tokio::test]
async fn whoever_goes_away_ends_the_stream() {
    let (app, feed, seen) = app();
    feed.send(Ok("one".to_owned())).unwrap();
    let mut answer = get(app, "/fed").send_stream().await;
    assert!(answer.next().await.unwrap().is_ok());
    drop(answer);
    assert!(seen.dropped.load(Ordering::Relaxed));
    assert!(feed.send(Ok("two".to_owned())).is_err());
}

#[tokio::test]
async fn a_stream_of_the_ecosystem_is_taken_too() {
    let frames =
        stream::iter(["a", "b"]).map(|text| Ok::<_, BoxError>(Frame::data(Bytes::from(text))));
    let body = Body::new(http_body_util::StreamBody::new(frames));
    let mut request = crate::request::Incoming::from(http::Request::new(()));
    let answered = Asked::of(&App::new().inner, &mut request.head);
    let body = guarded(body, answered, None);
    assert_eq!(body.into_bytes(2).await.unwrap(), "ab");
}
