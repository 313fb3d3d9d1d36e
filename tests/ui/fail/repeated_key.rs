#[povery::route(POST, "/users", status = 201, status = 202)]
async fn create_user() {}

fn main() {}
