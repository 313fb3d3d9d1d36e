//! The function of the fault bench: whatever a handler does with its database.

mod idempotent;
mod statements;
mod transactions;

use povery::Health;
use povery::prelude::*;

#[povery::route(GET, "/health", hidden)]
async fn health(health: Health) -> Health {
    health
}

fn main() -> povery::Exit {
    App::new()
        .routes(povery::routes![
            "/" => statements::ROUTES,
            "/idempotent" => idempotent::ROUTES,
            "/tx" => transactions::ROUTES,
            health
        ])
        .run()
}
