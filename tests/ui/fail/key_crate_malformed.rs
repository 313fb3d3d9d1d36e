#[povery::route(GET, "/users", crate = "web")]
async fn list_users() {}

#[povery::route(GET, "/members", crate)]
async fn list_members() {}

fn main() {}
