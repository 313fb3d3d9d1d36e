#[povery::route]
async fn list_users() {}

#[povery::route("/users", GET)]
async fn list_members() {}

#[povery::route(GET "/guests")]
async fn list_guests() {}

fn main() {}
