#[povery::route(GET, "/users")]
async extern "C" fn list_users() {}

fn main() {}
