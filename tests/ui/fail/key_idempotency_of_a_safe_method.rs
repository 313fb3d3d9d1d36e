use povery::Tx;

#[povery::route(GET, "/orders", idempotency_key)]
async fn orders(_: Tx) {}

fn main() {
    povery::routes![orders];
}
