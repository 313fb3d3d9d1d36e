#[povery::route(POST, "/orders", idempotency_key)]
async fn order(_: Option<povery::http::HeaderMap>) {}

fn main() {
    povery::routes![order];
}
