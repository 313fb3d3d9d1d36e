#[povery::route(GET, "/users", idempotent)]
async fn list_users() {}

fn main() {}
