//! Layers that a function makes, within a stack of tower's.

use povery::middleware::{self, Next};
use povery::prelude::*;
use povery::test::TestClient;
use povery::{Body, Bytes, Response, http};
use tower::ServiceBuilder;
use tower_http::limit::RequestBodyLimitLayer;

use crate::{mark, noted};

#[povery::route(POST, "/echo")]
async fn echo(body: Bytes) -> Vec<u8> {
    body.to_vec()
}

/// Bodies of other types than povery's go in and come out.
#[tokio::test]
async fn a_function_stands_anywhere_in_a_stack() {
    async fn named(
        request: http::Request<Body>,
        next: Next,
    ) -> ([(&'static str, &'static str); 1], Response) {
        ([("x-named", "1")], next.run(request).await)
    }
    let stack = || {
        ServiceBuilder::new()
            .layer(mark("outer"))
            .layer(RequestBodyLimitLayer::new(4))
            .layer(middleware::from_fn(named))
            .layer(mark("inner"))
            .into_inner()
    };
    let app = App::new().routes(povery::routes![echo]);
    for app in [app.clone().layer(stack()), app.route_layer(stack())] {
        let client = TestClient::new(app);
        let answer = client.post("/echo").body("1234").send().await;
        assert_eq!(
            (answer.text(), answer.header("x-named")),
            ("1234", Some("1"))
        );
        assert_eq!(noted(), ["+outer", "+inner", "-inner", "-outer"]);
        let answer = client.post("/echo").body("12345").send().await;
        assert_eq!(answer.status(), 413);
        noted();
    }
}

#[tokio::test]
async fn a_closure_takes_along_what_it_needs() {
    let greeting = "hello".to_owned();
    let greeted = middleware::from_fn(move |request: http::Request<Body>, next: Next| {
        let greeting = greeting.clone();
        async move {
            let mut response = next.run(request).await;
            response
                .headers_mut()
                .insert("x-greeting", greeting.parse().unwrap());
            response
        }
    });
    let app = App::new().layer(greeted);
    let answer = TestClient::new(app).get("/").send().await;
    assert_eq!(
        (answer.status().as_u16(), answer.header("x-greeting")),
        (404, Some("hello"))
    );
}
