#[povery::route(GET, "/users")]
async fn list_users() {}

#[povery::route(GET, "/members")]
async fn list_members() {}

fn main() {
    let _ = povery::routes![list_users list_members];
}
