#[povery::route(GET, "/users", staus = 201, colour = red)]
async fn list_users() {}

fn main() {}
