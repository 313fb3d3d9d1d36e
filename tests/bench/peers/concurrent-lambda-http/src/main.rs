//! The users on `lambda_http`, as many invocations at once as `AWS_LAMBDA_MAX_CONCURRENCY` says.

use lambda_http::{Error, run_concurrent, service_fn};

#[tokio::main]
async fn main() -> Result<(), Error> {
    tracing_subscriber::fmt()
        .without_time()
        .with_max_level(tracing::Level::WARN)
        .init();

    run_concurrent(service_fn(on_lambda_http::function_handler)).await
}
