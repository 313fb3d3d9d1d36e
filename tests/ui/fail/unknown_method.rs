#[povery::route(GTE, "/users")]
async fn list_users() {}

fn main() {}
