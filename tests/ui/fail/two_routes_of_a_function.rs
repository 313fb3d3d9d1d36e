#[povery::route(GET, "/users")]
#[povery::route(GET, "/members")]
async fn list_users() {}

fn main() {
    let _ = povery::routes![list_users];
}
