//! Layers of routes: any expression, evaluated once for each time that the route is added to an application.

use std::sync::atomic::{AtomicUsize, Ordering};

use povery::middleware::{self, Next};
use povery::{App, Body, Response, http, routes};
use tower::layer::util::Identity;

static MADE: AtomicUsize = AtomicUsize::new(0);

async fn passed(request: http::Request<Body>, next: Next) -> Response {
    next.run(request).await
}

fn made() -> Identity {
    MADE.fetch_add(1, Ordering::Relaxed);
    Identity::new()
}

#[povery::route(GET, "/one", layers(middleware::from_fn(passed)))]
async fn one() {}

#[povery::route(
    GET,
    "/more/<next>",
    layers(
        made(),
        middleware::from_fn(|request: http::Request<Body>, next: Next| async { next.run(request).await }),
        {
            let timeout = std::time::Duration::from_secs(1);
            tower::timeout::TimeoutLayer::new(timeout)
        },
        tower::ServiceBuilder::new().layer(made()).into_inner(),
    ),
    hidden
)]
async fn more(next: String) -> String {
    next
}

macro_rules! layered {
    ($layer:expr) => {
        #[povery::route(GET, "/written", layers($layer))]
        async fn written() {}
    };
}

layered!(made());

#[test]
fn holds() {
    let app = App::new().routes(routes![one, more, written]);
    assert_eq!(MADE.load(Ordering::Relaxed), 3);
    assert!(app.check().is_ok());
}
