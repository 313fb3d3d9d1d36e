#[povery::route(POST, "/users", status = 404)]
async fn create_user() {}

#[povery::route(POST, "/members", status = "created")]
async fn create_member() {}

fn main() {}
