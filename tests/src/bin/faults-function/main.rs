//! The function of the fault bench: whatever a handler does with its database.

mod idempotent;
mod statements;
mod transactions;

use povery::prelude::*;

fn main() -> povery::Exit {
    App::new()
        .routes(povery::routes![
            "/" => statements::ROUTES,
            "/idempotent" => idempotent::ROUTES,
            "/tx" => transactions::ROUTES
        ])
        .run()
}
