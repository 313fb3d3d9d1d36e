#[povery::route(GET, "/users/<id>?<type>")]
async fn get_user() {}

fn main() {}
