const USERS: &str = "/users";

#[povery::route(GET, USERS)]
async fn list_users() {}

fn main() {}
