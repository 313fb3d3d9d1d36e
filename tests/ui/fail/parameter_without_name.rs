#[povery::route(GET, "/users/<id>")]
async fn get_user(_: u32) {}

fn main() {}
