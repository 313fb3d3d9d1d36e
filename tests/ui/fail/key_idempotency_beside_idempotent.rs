use povery::Tx;

#[povery::route(POST, "/orders", idempotent, idempotency_key)]
async fn order(_: Tx) {}

fn main() {
    povery::routes![order];
}
