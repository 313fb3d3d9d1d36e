#[povery::route(Method::GET, "/users")]
async fn list_users() {}

fn main() {}
