use povery::{Pool, Tx};

type Connections = Pool;

#[povery::route(POST, "/orders", idempotency_key = required)]
async fn order(_: Tx, _: Connections) {}

fn main() {
    povery::routes![order];
}
