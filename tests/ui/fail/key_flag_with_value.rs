#[povery::route(POST, "/users", deprecated = true, hidden("yes"), idempotent = 1)]
async fn create_user() {}

fn main() {}
