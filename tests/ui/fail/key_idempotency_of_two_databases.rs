use povery::{Database, ReadWrite, Tx};

struct Orders;

impl Database for Orders {
    const NAME: &'static str = "ORDERS";
}

#[povery::route(POST, "/orders", idempotency_key)]
async fn order(_: Tx, _: Tx<ReadWrite, Orders>) {}

fn main() {
    povery::routes![order];
}
