#[povery::route(GET, "/users")]
const async fn list_users() {}

fn main() {}
