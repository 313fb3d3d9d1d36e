#[povery::route(GET, "/users", roles = "ADMIN")]
async fn list_users() {}

#[povery::route(GET, "/members", roles(ADMIN))]
async fn list_members() {}

#[povery::route(GET, "/guests", scopes("read" "write"))]
async fn list_guests() {}

fn main() {}
