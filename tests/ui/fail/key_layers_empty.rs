#[povery::route(GET, "/users", layers())]
async fn list_users() {}

fn main() {}
