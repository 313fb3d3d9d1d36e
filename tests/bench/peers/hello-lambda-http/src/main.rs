//! The smallest function on `lambda_http`, as its README shows.

use lambda_http::http::StatusCode;
use lambda_http::{Error, IntoResponse, Request, Response, run, service_fn};

#[tokio::main]
async fn main() -> Result<(), Error> {
    tracing_subscriber::fmt()
        .without_time()
        .with_max_level(tracing::Level::WARN)
        .init();

    run(service_fn(function_handler)).await
}

async fn function_handler(event: Request) -> Result<impl IntoResponse, Error> {
    let (status, text) = match event.uri().path().strip_prefix("/hello/") {
        Some(name) => (StatusCode::OK, format!("Hello, {name}!")),
        None => (StatusCode::NOT_FOUND, "Not found".to_owned()),
    };
    let response = Response::builder()
        .status(status)
        .header("Content-Type", "text/plain; charset=utf-8")
        .body(text)
        .map_err(Box::new)?;
    Ok(response)
}
