#[povery::route(POST, "/orders", idempotency_key = optional)]
async fn order() {}

#[povery::route(POST, "/refunds", idempotency_key("required"))]
async fn refund() {}

#[povery::route(POST, "/carts", idempotency_key =)]
async fn cart() {}

fn main() {}
