use povery::Tx;

#[povery::route(ANY, "/orders", idempotency_key)]
async fn orders(_: Tx) {}

fn main() {
    povery::routes![orders];
}
