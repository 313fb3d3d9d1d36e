#[povery::route(GET, "/users", roles("ADMIN", "EDITOR", "ADMIN"))]
async fn list_users() {}

fn main() {}
