#[povery::route(GET, "/users/<user-id>?<self>&<2nd>")]
async fn get_user() {}

fn main() {}
