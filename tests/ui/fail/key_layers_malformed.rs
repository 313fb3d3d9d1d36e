use povery::middleware;

#[povery::route(GET, "/users", layers = middleware::from_fn(next))]
async fn list_users() {}

#[povery::route(GET, "/members", layers(middleware::))]
async fn list_members() {}

#[povery::route(GET, "/guests", layers)]
async fn list_guests() {}

fn main() {}
