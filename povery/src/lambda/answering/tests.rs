use std::sync::Mutex;

use futures_util::{FutureExt, StreamExt, stream};
use http_body_util::BodyExt;
use serde_json::{Value, json};
use tokio::sync::mpsc;

use super::*;
use crate::State;
use crate::app::{App, InvokeMode};
use crate::response::{Body, ByteStream, Redirect, Response, SetCookie};

/// Panics when it is dropped.
#[derive(Clone)]
struct Bomb;

impl Drop for Bomb {
    fn drop(&mut self) {
        // A second panic on the way of the first would end the process.
        if !std::thread::panicking() {
            panic!("a secret");
        }
    }
}

impl AsRef<[u8]> for Bomb {
    fn as_ref(&self) -> &[u8] {
        b"armed"
    }
}

#[povery_macros::route(GET, "/extended", crate = crate)]
async fn extended() -> Response {
    let mut response = Response::new(Body::from("armed"));
    // Nothing clones it.
    response.extensions_mut().insert(Arc::new(Bomb));
    response
}

#[povery_macros::route(GET, "/owned", crate = crate)]
async fn owned() -> Body {
    Body::from(Bytes::from_owner(Bomb))
}

#[povery_macros::route(GET, "/failing", crate = crate)]
async fn failing() -> Result<(), crate::PoveryError> {
    Err(crate::PoveryError::internal("for the log"))
}

fn armed() -> App {
    App::new().routes(crate::routes![extended, owned, failing])
}

/// A log that panics at every line.
struct Broken;

impl tracing::Subscriber for Broken {
    fn enabled(&self, metadata: &tracing::Metadata<'_>) -> bool {
        metadata.target().starts_with("povery")
    }

    fn new_span(&self, _: &tracing::span::Attributes<'_>) -> tracing::span::Id {
        tracing::span::Id::from_u64(1)
    }

    fn record(&self, _: &tracing::span::Id, _: &tracing::span::Record<'_>) {}

    fn record_follows_from(&self, _: &tracing::span::Id, _: &tracing::span::Id) {}

    fn event(&self, _: &tracing::Event<'_>) {
        panic!("no space left on device");
    }

    fn enter(&self, _: &tracing::span::Id) {}

    fn exit(&self, _: &tracing::span::Id) {}
}

/// What panics behind the handler changes no answer that there is.
#[tokio::test]
async fn what_panics_behind_the_handler_ends_nothing() {
    let id = RequestId::from("r-1");
    for path in ["/extended", "/owned"] {
        let event = url_event("GET", path).to_string();
        let reply = replied(armed(), event.into()).await;
        let request = posted(reply, &id).unwrap();
        assert_eq!(request.uri(), "/2018-06-01/runtime/invocation/r-1/response");
        let body = request.into_body().collect().await.unwrap().to_bytes();
        let answer: Value = serde_json::from_slice(&body).unwrap();
        assert_eq!(
            (&answer["statusCode"], &answer["body"]),
            (&json!(200), &json!("armed")),
            "{path}"
        );
    }
    let _broken = tracing::subscriber::set_default(Broken);
    let event = url_event("GET", "/failing").to_string();
    let reply = replied(armed(), event.into()).await;
    assert!(matches!(reply, Reply::Failed(error) if error.error_type == "Povery.Panic"));
    let client = PooledClient::builder().with_endpoint("http://127.0.0.1:1".parse().unwrap());
    let request = post(&id, "response", "{}".to_owned().into()).unwrap();
    deliver(&client.build(), request, &id, None, true).await;
}

type Chunks = mpsc::UnboundedReceiver<Result<&'static str, BoxError>>;

#[povery_macros::route(GET, "/fed", crate = crate)]
async fn fed(
    chunks: State<Mutex<Option<Chunks>>>,
) -> ([(&'static str, &'static str); 2], [SetCookie; 2], Body) {
    let chunks = chunks.lock().unwrap().take().unwrap();
    let stream = stream::unfold(chunks, async |mut chunks| {
        let chunk = chunks.recv().await?;
        Some((chunk, chunks))
    });
    let cookie = |name| SetCookie(cookie::Cookie::new(name, "1"));
    (
        [("content-type", "text/csv"), ("content-length", "100")],
        [cookie("a"), cookie("b")],
        Body::from_stream(stream),
    )
}

#[povery_macros::route(GET, "/whole", crate = crate)]
async fn whole() -> &'static str {
    "whole"
}

#[povery_macros::route(GET, "/away", crate = crate)]
async fn away() -> Redirect {
    Redirect::to("/whole")
}

#[povery_macros::route(GET, "/panic", crate = crate)]
async fn panic() -> ByteStream<stream::BoxStream<'static, Result<&'static str, BoxError>>> {
    let unlucky = stream::poll_fn(|_| panic!("a secret"));
    ByteStream(unlucky.boxed())
}

fn app() -> (App, mpsc::UnboundedSender<Result<&'static str, BoxError>>) {
    let (feed, chunks) = mpsc::unbounded_channel();
    let app = App::new()
        .routes(crate::routes![fed, whole, away, panic])
        .invoke_mode(InvokeMode::ResponseStream)
        .state(Mutex::new(Some(chunks)));
    (app, feed)
}

fn url_event(method: &str, path: &str) -> Value {
    json!({
        "version": "2.0", "rawPath": path, "rawQueryString": "", "headers": {},
        "requestContext": {"http": {"method": method}},
    })
}

/// What is said to an invocation by these bytes.
async fn replied(app: App, event: Bytes) -> Reply {
    let context = Arc::new(LambdaContext {
        request_id: "r-1".to_owned(),
        ..LambdaContext::default()
    });
    let sandbox = Sandbox::unlogged(app);
    let observation = sandbox.begin(&context);
    reply(&sandbox, event, context, &observation).await
}

/// What is said to an invocation by this event.
async fn request(app: App, event: &Value) -> Request<ApiBody> {
    let reply = replied(app, event.to_string().into()).await;
    into_request(reply, &RequestId::from("r-1")).unwrap()
}

/// The next chunk.
async fn data(body: &mut ApiBody) -> Bytes {
    let frame = body.frame().await.unwrap().unwrap();
    frame.into_data().unwrap()
}

#[tokio::test]
async fn it_is_the_format_of_the_runtime_api() {
    let (app, feed) = app();
    let request = request(app, &url_event("GET", "/fed")).await;
    assert_eq!(request.method(), Method::POST);
    assert_eq!(request.uri(), "/2018-06-01/runtime/invocation/r-1/response");
    for (name, value) in [
        (
            "content-type",
            "application/vnd.awslambda.http-integration-response",
        ),
        ("lambda-runtime-function-response-mode", "streaming"),
        ("transfer-encoding", "chunked"),
    ] {
        assert_eq!(request.headers()[name], value);
    }
    let trailers: Vec<_> = request.headers().get_all(TRAILER).iter().collect();
    assert_eq!(
        trailers,
        [
            "lambda-runtime-function-error-type",
            "lambda-runtime-function-error-body"
        ]
    );

    let mut body = request.into_body();
    let prelude: Value = serde_json::from_slice(&data(&mut body).await).unwrap();
    assert_eq!(
        prelude,
        json!({"statusCode": 200, "headers": {"content-type": "text/csv"}, "cookies": ["a=1", "b=1"]})
    );
    assert_eq!(data(&mut body).await, [0; 8][..]);
    assert!(body.frame().now_or_never().is_none(), "nothing is made yet");
    feed.send(Ok("one,")).unwrap();
    assert_eq!(data(&mut body).await, "one,");
    assert!(body.frame().now_or_never().is_none());
    feed.send(Ok("two")).unwrap();
    assert_eq!(data(&mut body).await, "two");
    drop(feed);
    assert!(body.frame().await.is_none());
}

#[tokio::test]
async fn every_answer_has_the_format() {
    for (method, path, status, headers, text) in [
        (
            "GET",
            "/whole",
            200,
            json!({"content-type": "text/plain; charset=utf-8"}),
            "whole",
        ),
        (
            "HEAD",
            "/whole",
            200,
            json!({"content-type": "text/plain; charset=utf-8"}),
            "",
        ),
        ("HEAD", "/fed", 200, json!({"content-type": "text/csv"}), ""),
        ("GET", "/away", 303, json!({"location": "/whole"}), ""),
        (
            "GET",
            "/nowhere",
            404,
            json!({"content-type": "application/json"}),
            r#"{"errorMessage":"Nothing is found at this path","errorCode":"NOT_FOUND","requestId":"r-1"}"#,
        ),
        (
            "GET",
            "no-slash",
            400,
            json!({"content-type": "application/json"}),
            r#"{"errorMessage":"The path is not valid: it does not begin with `/`","errorCode":"BAD_REQUEST","requestId":"r-1"}"#,
        ),
    ] {
        let (app, _feed) = app();
        let mut body = request(app, &url_event(method, path)).await.into_body();
        let prelude: Value = serde_json::from_slice(&data(&mut body).await).unwrap();
        assert_eq!(prelude["statusCode"], status, "{path}");
        assert_eq!(prelude["headers"], headers, "{path}");
        assert_eq!(data(&mut body).await, [0; 8][..], "{path}");
        let rest = body.collect().await.unwrap();
        assert!(rest.trailers().is_none());
        assert_eq!(rest.to_bytes(), text, "{path}");
    }
}

#[tokio::test]
async fn a_rest_api_has_lists() {
    let (app, feed) = app();
    drop(feed);
    let event = json!({
        "httpMethod": "GET", "path": "/fed", "resource": "/{proxy+}",
        "requestContext": {"stage": "prod", "resourcePath": "/{proxy+}"},
    });
    let mut body = request(app, &event).await.into_body();
    let prelude: Value = serde_json::from_slice(&data(&mut body).await).unwrap();
    let headers = json!({"content-type": ["text/csv"], "set-cookie": ["a=1", "b=1"]});
    assert_eq!(
        prelude,
        json!({"statusCode": 200, "multiValueHeaders": headers})
    );
}

#[tokio::test]
async fn a_gateway_that_never_streams_has_it_whole() {
    let (app, feed) = app();
    feed.send(Ok("one,")).unwrap();
    feed.send(Ok("two")).unwrap();
    drop(feed);
    let event = json!({
        "httpMethod": "GET", "path": "/fed", "headers": {},
        "requestContext": {"elb": {"targetGroupArn": "arn"}},
    });
    let request = request(app, &event).await;
    assert!(!request.headers().contains_key(&RESPONSE_MODE));
    let body = request.into_body().collect().await.unwrap().to_bytes();
    let answer: Value = serde_json::from_slice(&body).unwrap();
    assert_eq!(answer["body"], "one,two");
    assert_eq!(answer["headers"]["content-type"], "text/csv");
    assert_eq!(answer["headers"].get("content-length"), None);
}

#[tokio::test]
async fn what_is_no_http_is_the_error_of_its_invocation() {
    for event in [json!({"action": "s3cret"}), json!("s3cret")] {
        let (app, _feed) = app();
        let request = request(app, &event).await;
        assert_eq!(request.uri(), "/2018-06-01/runtime/invocation/r-1/error");
        assert_eq!(request.headers()[ERROR_TYPE], "unhandled");
        let body = request.into_body().collect().await.unwrap().to_bytes();
        let error: Value = serde_json::from_slice(&body).unwrap();
        assert_eq!(error["errorType"], "Povery.UnknownEvent");
        assert!(!error.to_string().contains("s3cret"), "{error}");
    }
    let (app, _feed) = app();
    let reply = replied(app, "{\"s3cret".into()).await;
    assert!(matches!(reply, Reply::Failed(error) if error.error_type == "Povery.UnknownEvent"));
}

#[tokio::test]
async fn what_ends_early_says_so_in_trailers() {
    for (path, kind) in [
        ("/fed", "Povery.StreamFailed"),
        ("/panic", "Povery.StreamPanicked"),
    ] {
        let (app, feed) = app();
        feed.send(Ok("one,")).unwrap();
        feed.send(Err("a secret".into())).unwrap();
        let body = request(app, &url_event("GET", path)).await.into_body();
        let body = body.collect().await.unwrap();
        let trailers = body.trailers().cloned().unwrap();
        assert_eq!(trailers[ERROR_TYPE], kind);
        let text = base64::Engine::decode(
            &base64::prelude::BASE64_STANDARD,
            trailers[ERROR_BODY].as_bytes(),
        );
        let error: Value = serde_json::from_slice(&text.unwrap()).unwrap();
        assert_eq!(error["errorType"], kind);
        assert!(!error.to_string().contains("secret"), "{error}");
        let bytes = body.to_bytes();
        assert_eq!(bytes.ends_with(b"one,"), path == "/fed");
        assert!(!String::from_utf8_lossy(&bytes).contains("secret"));
    }
}
