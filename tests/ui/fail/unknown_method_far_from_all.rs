#[povery::route(LINK, "/users")]
async fn link_users() {}

fn main() {}
