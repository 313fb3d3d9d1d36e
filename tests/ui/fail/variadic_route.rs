#[povery::route(GET, "/users")]
async fn list_users(page: ...) {}

fn main() {}
