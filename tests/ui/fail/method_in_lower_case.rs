#[povery::route(get, "/users")]
async fn list_users() {}

fn main() {}
