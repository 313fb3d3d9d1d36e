//! The layers of `tower-http`, around the application, a group and a route.

use std::io::Read;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use povery::prelude::*;
use povery::test::TestClient;
use povery::{Body, BoxError, Group, RequestId, RouteTable, http, routes};
use tower::ServiceBuilder;
use tower_http::ServiceBuilderExt;
use tower_http::compression::CompressionLayer;
use tower_http::cors::{Any, CorsLayer};
use tower_http::request_id::{
    MakeRequestId, PropagateRequestIdLayer, RequestId as HeaderId, SetRequestIdLayer,
};
use tower_http::timeout::TimeoutLayer;
use tower_http::trace::TraceLayer;
use tracing_subscriber::fmt::MakeWriter;

fn timeout() -> TimeoutLayer {
    TimeoutLayer::with_status_code(StatusCode::GATEWAY_TIMEOUT, Duration::from_millis(50))
}

async fn text() -> String {
    "text ".repeat(1_000)
}

async fn streamed() -> ([(&'static str, &'static str); 1], Body) {
    let chunks = (0..100).map(|_| Ok::<_, BoxError>("text text text\n"));
    let body = Body::from_stream(futures_util::stream::iter(chunks));
    ([("content-type", "text/plain")], body)
}

mod bare {
    #[povery::route(GET, "/text")]
    async fn text() -> String {
        super::text().await
    }

    #[povery::route(GET, "/stream")]
    async fn stream() -> ([(&'static str, &'static str); 1], povery::Body) {
        super::streamed().await
    }

    #[povery::route(GET, "/slow")]
    async fn slow() {
        std::future::pending().await
    }

    pub(super) const ROUTES: povery::RouteTable = povery::routes![text, stream, slow];
}

mod layered {
    use tower_http::compression::CompressionLayer;

    #[povery::route(GET, "/text", layers(CompressionLayer::new()))]
    async fn text() -> String {
        super::text().await
    }

    #[povery::route(GET, "/stream", layers(CompressionLayer::new()))]
    async fn stream() -> ([(&'static str, &'static str); 1], povery::Body) {
        super::streamed().await
    }

    #[povery::route(GET, "/slow", layers(super::timeout()))]
    async fn slow() {
        std::future::pending().await
    }

    pub(super) const ROUTES: povery::RouteTable = povery::routes![text, stream, slow];
}

const BARE: RouteTable = routes!["/" => bare::ROUTES];

/// The layer in each of its places; the last, on routes, is written at them.
macro_rules! everywhere {
    ($layer:expr) => {
        [
            App::new().routes(BARE).layer($layer),
            App::new().routes(BARE).route_layer($layer),
            App::new().group(Group::new(BARE).layer($layer)),
            App::new().routes(routes!["/" => layered::ROUTES]),
        ]
        .map(TestClient::new)
    };
}

fn unpacked(bytes: &[u8]) -> String {
    let mut text = String::new();
    flate2::read::GzDecoder::new(bytes)
        .read_to_string(&mut text)
        .unwrap();
    text
}

#[tokio::test]
async fn compression() {
    for client in everywhere!(CompressionLayer::new()) {
        for (path, length) in [("/text", 5_000), ("/stream", 1_500)] {
            let answer = client
                .get(path)
                .header("accept-encoding", "gzip")
                .send()
                .await;
            assert_eq!(answer.header("content-encoding"), Some("gzip"));
            assert!(answer.bytes().len() < length / 2);
            assert_eq!(unpacked(answer.bytes()).len(), length);
            let answer = client.get(path).send().await;
            assert_eq!(
                (answer.header("content-encoding"), answer.bytes().len()),
                (None, length)
            );
        }
    }
    // On Lambda, too, where such an answer is in base64.
    let client = TestClient::new(App::new().routes(BARE).layer(CompressionLayer::new()));
    let event = serde_json::json!({
        "version": "2.0", "rawPath": "/text", "headers": {"accept-encoding": "gzip"},
        "requestContext": {"stage": "$default", "http": {"method": "GET"}},
    });
    let answer = client.invoke(&event).await.unwrap();
    assert_eq!(answer["isBase64Encoded"], true, "{answer}");
    assert_eq!(answer["headers"]["content-encoding"], "gzip");
}

#[tokio::test(start_paused = true)]
async fn timeout_of_a_request() {
    for client in everywhere!(timeout()) {
        assert_eq!(client.get("/slow").send().await.status(), 504);
        assert_eq!(client.get("/text").send().await.status(), 200);
    }
}

/// The id of the request, under which povery logs it.
#[derive(Clone, Copy)]
struct SameId;

impl MakeRequestId for SameId {
    fn make_request_id<B>(&mut self, request: &http::Request<B>) -> Option<HeaderId> {
        let id = request.extensions().get::<RequestId>()?;
        Some(HeaderId::new(id.as_str().parse().ok()?))
    }
}

#[tokio::test]
async fn request_ids() {
    let app = App::new()
        .routes(BARE)
        // The later one stands around the earlier.
        .layer(PropagateRequestIdLayer::x_request_id())
        .layer(SetRequestIdLayer::x_request_id(SameId));
    let client = TestClient::new(app);
    for path in ["/text", "/nowhere"] {
        let answer = client.get(path).request_id("r-1").send().await;
        assert_eq!(answer.header("x-request-id"), Some("r-1"));
    }
    let answer = client
        .get("/nowhere")
        .header("x-request-id", "theirs")
        .send()
        .await;
    assert_eq!(answer.header("x-request-id"), Some("theirs"));
}

#[tokio::test]
async fn cors() {
    let cors = CorsLayer::new()
        .allow_origin(["https://shop.example".parse().unwrap()])
        .allow_methods(Any)
        .allow_headers(Any);
    let client = TestClient::new(App::new().routes(BARE).layer(cors));
    let from =
        |request: povery::test::TestRequest| request.header("origin", "https://shop.example");
    for path in ["/text", "/nowhere"] {
        let answer = from(client.get(path)).send().await;
        let origin = answer.header("access-control-allow-origin");
        assert_eq!(origin, Some("https://shop.example"));
    }
    let preflight = from(client.options("/text")).header("access-control-request-method", "GET");
    let answer = preflight.send().await;
    assert_eq!(
        (
            answer.status().as_u16(),
            answer.header("access-control-allow-methods")
        ),
        (200, Some("*"))
    );
    let other = client
        .get("/text")
        .header("origin", "https://other.example");
    let answer = other.send().await;
    assert_eq!(answer.header("access-control-allow-origin"), None);
}

/// What is logged, in memory.
#[derive(Clone, Default)]
struct Written(Arc<Mutex<Vec<u8>>>);

impl std::io::Write for Written {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Written {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

#[tokio::test]
async fn trace() {
    let written = Written::default();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::DEBUG)
        .with_ansi(false)
        .with_writer(written.clone())
        .finish();
    // With one subscriber alone `tracing` would believe a thread without any that nobody listens.
    let _other = tracing::Dispatch::new(tracing::subscriber::NoSubscriber::new());
    let log = tracing::subscriber::set_default(subscriber);
    let trace = || {
        TraceLayer::new_for_http().make_span_with(|request: &http::Request<Body>| {
            let route = request.extensions().get::<povery::MatchedRoute>();
            let route = route.map_or("none", |route| route.path());
            tracing::info_span!("http", %route)
        })
    };
    let clients = [
        (App::new().routes(BARE).layer(trace()), "none"),
        (App::new().routes(BARE).route_layer(trace()), "/text"),
        (
            App::new().group(Group::new(routes!["/v1" => bare::ROUTES]).layer(trace())),
            "/v1/text",
        ),
    ];
    for (app, route) in clients {
        let path = if route == "none" { "/text" } else { route };
        let answer = TestClient::new(app).get(path).send().await;
        assert_eq!(answer.bytes().len(), 5_000);
        let text = std::mem::take(&mut *written.0.lock().unwrap());
        let text = String::from_utf8(text).unwrap();
        let span = format!("http{{route={route}}}");
        assert_eq!(text.matches(&span).count(), text.lines().count(), "{text}");
        assert!(text.contains("started processing request"), "{text}");
        assert!(text.contains("finished processing request"), "{text}");
        assert!(text.contains("status=200"), "{text}");
    }
    drop(log);
}

/// As a stack is usually written.
#[tokio::test(start_paused = true)]
async fn a_stack() {
    let stack = ServiceBuilder::new()
        .set_x_request_id(SameId)
        .trace_for_http()
        .compression()
        .propagate_x_request_id()
        .layer(timeout())
        .into_inner();
    let client = TestClient::new(App::new().routes(BARE).layer(stack));
    let answer = client
        .get("/text")
        .header("accept-encoding", "gzip")
        .request_id("r-1")
        .send()
        .await;
    assert_eq!(unpacked(answer.bytes()).len(), 5_000);
    assert_eq!(answer.header("x-request-id"), Some("r-1"));
    assert_eq!(client.get("/slow").send().await.status(), 504);
}
