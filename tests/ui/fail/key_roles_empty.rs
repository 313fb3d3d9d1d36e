#[povery::route(GET, "/users", roles(), scopes())]
async fn list_users() {}

fn main() {}
