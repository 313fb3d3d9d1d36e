#[povery::route(POST, "/users", status = 70000)]
async fn create_user() {}

#[povery::route(POST, "/members", status = -1)]
async fn create_member() {}

#[povery::route(POST, "/guests", status = 100)]
async fn create_guest() {}

fn main() {}
