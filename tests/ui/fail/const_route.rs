#[povery::route(GET, "/users")]
const fn list_users() {}

fn main() {}
