//! Bodies as they came, on `lambda_http` and the runtime that `#[tokio::main]` makes.

use lambda_http::http::{Method, StatusCode};
use lambda_http::{Body, Error, Request, Response, run, service_fn};

#[tokio::main]
async fn main() -> Result<(), Error> {
    tracing_subscriber::fmt()
        .without_time()
        .with_max_level(tracing::Level::WARN)
        .init();

    run(service_fn(function_handler)).await
}

async fn function_handler(event: Request) -> Result<Response<Body>, Error> {
    let (status, body) = match (event.method(), event.uri().path()) {
        (&Method::POST, "/echo") => (StatusCode::OK, event.into_body()),
        _ => (StatusCode::NOT_FOUND, Body::Empty),
    };
    let response = Response::builder()
        .status(status)
        .header("Content-Type", "text/plain; charset=utf-8")
        .body(body)?;
    Ok(response)
}
