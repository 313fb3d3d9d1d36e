//! On the runtime that `#[tokio::main]` makes unless told otherwise: a thread for each core.

use lambda_http::{Error, run, service_fn};

#[tokio::main]
async fn main() -> Result<(), Error> {
    tracing_subscriber::fmt()
        .without_time()
        .with_max_level(tracing::Level::WARN)
        .init();

    run(service_fn(on_lambda_http::function_handler)).await
}
