#[povery::route(GET, "/users", tag = users)]
async fn list_users() {}

#[povery::route(GET, "/members", tag = " ")]
async fn list_members() {}

#[povery::route(GET, "/guests", tag)]
async fn list_guests() {}

fn main() {}
