//! Layers that fail, panic, hang, or lose the request: there is one answer, and a 5xx tells nothing of why.

use std::convert::Infallible;
use std::time::Duration;

use povery::middleware::{self, Next};
use povery::prelude::*;
use povery::test::TestClient;
use povery::{Body, BoxError, Deadline, Response, http};
use tower::ServiceBuilder;
use tower::limit::ConcurrencyLimitLayer;
use tower::load_shed::LoadShedLayer;
use tower::timeout::TimeoutLayer;

use crate::{mark, note, noted};

/// What is dropped before its end.
struct Held;

impl Drop for Held {
    fn drop(&mut self) {
        note("dropped");
    }
}

#[povery::route(GET, "/slow/<millis>")]
async fn slow(millis: u64) -> &'static str {
    let held = Held;
    tokio::time::sleep(Duration::from_millis(millis)).await;
    std::mem::forget(held);
    "slow"
}

fn app() -> App {
    App::new().routes(povery::routes![slow])
}

/// The layer around the application, and around its routes; what stands outside of it sees an answer.
macro_rules! everywhere {
    ($layer:expr) => {
        [
            app().layer($layer).layer(mark("outer")),
            app().route_layer($layer).layer(mark("outer")),
            app().route_layer($layer).route_layer(mark("outer")),
        ]
        .map(TestClient::new)
    };
}

#[derive(Debug, thiserror::Error, HttpError)]
enum ShopError {
    #[error("The shop is closed")]
    #[http(423)]
    Closed,
}

#[tokio::test]
async fn an_error_is_the_answer_that_it_has() {
    async fn own(_: http::Request<Body>, _: Next) -> Result<Response, ShopError> {
        Err(ShopError::Closed)
    }
    async fn any(_: http::Request<Body>, _: Next) -> Result<Response, PoveryError> {
        Err(PoveryError::internal("a secret"))
    }
    for client in everywhere!(middleware::from_fn(own)) {
        let answer = client.get("/slow/0").request_id("r-1").send().await;
        assert_eq!(answer.status(), 423);
        assert_eq!(
            answer.text(),
            r#"{"errorMessage":"The shop is closed","errorCode":"LOCKED","requestId":"r-1"}"#
        );
        assert_eq!(noted(), ["+outer", "-outer"]);
    }
    for client in everywhere!(middleware::from_fn(any)) {
        let answer = client.get("/slow/0").send().await;
        assert_eq!(answer.error().code, "INTERNAL");
        assert!(!answer.text().contains("secret"), "{}", answer.text());
        assert_eq!(noted(), ["+outer", "-outer"]);
    }
    let problem = app().layer(middleware::from_fn(own)).problem_json();
    let answer = TestClient::new(problem).get("/slow/0").send().await;
    assert_eq!(
        answer.header("content-type"),
        Some("application/problem+json")
    );
}

#[tokio::test]
async fn errors_of_any_other_kind_are_a_500() {
    // Whatever it is answered, it fails.
    let failing = || {
        tower::util::ThenLayer::new(|answer: Result<Response, Infallible>| async {
            match answer?.status() {
                StatusCode::OK => Err(BoxError::from("a secret")),
                other => Ok(Response::new(other.to_string().into())),
            }
        })
    };
    for client in everywhere!(failing()) {
        let answer = client.get("/slow/0").send().await;
        assert_eq!(answer.error().code, "INTERNAL");
        assert!(!answer.text().contains("secret"), "{}", answer.text());
    }
}

#[tokio::test(start_paused = true)]
async fn a_timeout_of_towers_is_a_504_and_drops_the_handler() {
    for client in everywhere!(TimeoutLayer::new(Duration::from_millis(50))) {
        assert_eq!(client.get("/slow/10").send().await.text(), "slow");
        noted();
        let answer = client.get("/slow/1000").send().await;
        assert_eq!(
            (answer.status().as_u16(), answer.error().code.as_str()),
            (504, "TIMEOUT")
        );
        assert_eq!(noted(), ["+outer", "dropped", "-outer"]);
    }
}

#[tokio::test(start_paused = true)]
async fn too_many_at_once_are_a_503() {
    let layer = ServiceBuilder::new()
        .layer(LoadShedLayer::new())
        .layer(ConcurrencyLimitLayer::new(1))
        .into_inner();
    for client in everywhere!(layer.clone()) {
        let one = client.get("/slow/100").send();
        let two = client.get("/slow/100").send();
        let (one, two) = tokio::join!(one, two);
        assert_eq!(one.status(), 200);
        assert_eq!(
            (two.status().as_u16(), two.header("retry-after")),
            (503, Some("1"))
        );
        assert_eq!(client.get("/slow/1").send().await.status(), 200);
    }
    // Without shedding, the second one waits.
    let limit = ConcurrencyLimitLayer::new(1);
    for client in everywhere!(limit.clone()) {
        let both = tokio::join!(
            client.get("/slow/100").send(),
            client.get("/slow/100").send()
        );
        assert_eq!(
            (both.0.status(), both.1.status()),
            (StatusCode::OK, StatusCode::OK)
        );
    }
}

#[tokio::test]
async fn a_panic_is_a_500() {
    let before = |_: http::Request<Body>, _: Next| async {
        if true {
            panic!("a secret");
        }
    };
    let after = |request: http::Request<Body>, next: Next| async {
        next.run(request).await;
        if true {
            panic!("a secret");
        }
    };
    for client in everywhere!(middleware::from_fn(before)) {
        let answer = client.get("/slow/0").send().await;
        assert_eq!(answer.error().code, "INTERNAL");
        assert_eq!(client.get("/slow/0").send().await.status(), 500);
    }
    for client in everywhere!(middleware::from_fn(after)) {
        let answer = client.get("/slow/0").send().await;
        assert_eq!(answer.error().code, "INTERNAL");
    }
}

#[povery::route(GET, "/panic")]
async fn panics() {
    panic!("a secret");
}

#[tokio::test]
async fn a_panic_of_the_handler_is_an_answer_to_layers() {
    let app = App::new().routes(povery::routes![panics]);
    for app in [
        app.clone().layer(mark("layer")),
        app.route_layer(mark("layer")),
    ] {
        let answer = TestClient::new(app).get("/panic").send().await;
        assert_eq!(answer.error().code, "INTERNAL");
        assert_eq!(noted(), ["+layer", "-layer"]);
    }
}

/// A deadline on tokio's clock, which a test can stop.
fn after(millis: u64) -> Deadline {
    (tokio::time::Instant::now() + Duration::from_millis(millis))
        .into_std()
        .into()
}

#[tokio::test(start_paused = true)]
async fn what_hangs_is_answered_before_the_invocation_ends() {
    let before = |request: http::Request<Body>, next: Next| async {
        std::future::pending::<()>().await;
        next.run(request).await
    };
    let behind = |request: http::Request<Body>, next: Next| async {
        let _response = next.run(request).await;
        std::future::pending::<()>().await;
    };
    let clients = [
        app().layer(middleware::from_fn(before)),
        app().route_layer(middleware::from_fn(before)),
        app().layer(middleware::from_fn(behind)),
        app().route_layer(middleware::from_fn(behind)),
    ];
    for client in clients.map(TestClient::new) {
        for millis in [0, 60_000] {
            let start = tokio::time::Instant::now();
            let request = client.get(&format!("/slow/{millis}"));
            let answer = request.deadline(after(1_000)).send().await;
            assert_eq!(
                (answer.status().as_u16(), answer.error().code.as_str()),
                (504, "TIMEOUT")
            );
            assert!(
                start.elapsed() <= Duration::from_millis(951),
                "{:?}",
                start.elapsed()
            );
        }
    }
    // A handler that hangs is an answer to the layers, which have time for it.
    let app = app().layer(mark("app")).route_layer(mark("route"));
    let request = TestClient::new(app).get("/slow/60000");
    noted();
    assert_eq!(request.deadline(after(1_000)).send().await.status(), 504);
    assert_eq!(noted(), ["+app", "+route", "dropped", "-route", "-app"]);
}

#[tokio::test]
async fn a_request_that_is_lost_is_a_500() {
    let another = |_: http::Request<Body>, next: Next| async {
        next.run(http::Request::new(Body::empty())).await
    };
    let twice = |request: http::Request<Body>, next: Next| async {
        let extensions = request.extensions().clone();
        let first = next.clone().run(request).await;
        assert_eq!(first.status(), 200);
        let mut again = http::Request::new(Body::empty());
        *again.uri_mut() = http::Uri::from_static("/slow/0");
        *again.extensions_mut() = extensions;
        next.run(again).await
    };
    for client in everywhere!(middleware::from_fn(another)) {
        let answer = client.get("/slow/0").request_id("r-1").send().await;
        assert_eq!(answer.error().code, "INTERNAL");
        assert!(
            answer.text().contains(r#""requestId":"r-1""#),
            "{}",
            answer.text()
        );
    }
    for client in everywhere!(middleware::from_fn(twice)) {
        let answer = client.get("/slow/0").send().await;
        assert_eq!(answer.error().code, "INTERNAL");
    }
}
