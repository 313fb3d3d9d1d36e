#[povery::route(POST, "/orders", idempotency_key)]
async fn order(_: u32) {}

fn main() {
    povery::routes![order];
}
