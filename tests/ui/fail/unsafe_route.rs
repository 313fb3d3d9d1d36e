#[povery::route(GET, "/users")]
async unsafe fn list_users() {}

fn main() {}
