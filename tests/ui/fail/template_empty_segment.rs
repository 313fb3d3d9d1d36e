#[povery::route(GET, "/users//recent")]
async fn list_users() {}

fn main() {}
