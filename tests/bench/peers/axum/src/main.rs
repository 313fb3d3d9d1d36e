//! The users on axum, through `lambda_http`, on the runtime that `#[tokio::main]` makes.

use lambda_http::{Error, run};

#[tokio::main]
async fn main() -> Result<(), Error> {
    tracing_subscriber::fmt()
        .without_time()
        .with_max_level(tracing::Level::WARN)
        .init();

    run(on_axum::users()).await
}
