#[povery::route(GET, "/users")]
async fn list_users() {}

fn main() {
    let _ = povery::routes![list_users(), 7];
}
