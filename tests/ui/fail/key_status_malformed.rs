#[povery::route(POST, "/users", status 201)]
async fn create_user() {}

#[povery::route(POST, "/members", status(201))]
async fn create_member() {}

#[povery::route(POST, "/guests", status = )]
async fn create_guest() {}

fn main() {}
