#[povery::route(GET, "/users", roles("ADMIN "), scopes("users:read", ""))]
async fn list_users() {}

fn main() {}
