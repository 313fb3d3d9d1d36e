#[povery::route(POST, "/users", 201, "users", status = 201)]
async fn create_user() {}

fn main() {}
