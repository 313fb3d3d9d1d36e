//! Bodies as they came, on `lambda_runtime` alone.

use floor::{Event, Response};
use lambda_runtime::{Error, LambdaEvent, run, service_fn};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    tracing_subscriber::fmt()
        .without_time()
        .with_max_level(tracing::Level::WARN)
        .init();

    run(service_fn(handler)).await
}

async fn handler(event: LambdaEvent<Event>) -> Result<Response, Error> {
    let event = event.payload;
    match (event.method(), event.path()) {
        ("POST", "/echo") => {
            let mut response = Response::json(200, event.body.unwrap_or_default());
            response.headers.content_type = "text/plain; charset=utf-8";
            Ok(response)
        }
        _ => Ok(Response::json(404, "{}".to_owned())),
    }
}
