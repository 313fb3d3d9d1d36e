#[povery::route(GET, "/users", layers = povery::middleware::from_fn(next))]
async fn list_users() {}

#[povery::route(GET, "/members", layers(povery::middleware::))]
async fn list_members() {}

#[povery::route(GET, "/guests", layers)]
async fn list_guests() {}

#[povery::route(GET, "/friends", layers(outer inner))]
async fn list_friends() {}

fn main() {}
