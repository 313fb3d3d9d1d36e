#[povery::route("GET", "/users")]
async fn list_users() {}

fn main() {}
