use povery::{ReadOnly, RepeatableRead, Tx};

#[povery::route(POST, "/orders", idempotency_key)]
async fn order(_: Tx<(RepeatableRead, ReadOnly)>) {}

fn main() {
    povery::routes![order];
}
