#[povery::route(POST, "/users" status = 201)]
async fn create_user() {}

#[povery::route(POST, "/members", hidden idempotent)]
async fn create_member() {}

#[povery::route(POST, "/guests", status = 201 hidden)]
async fn create_guest() {}

fn main() {}
