#[povery::route(GET, "/users")]
async fn list_users() {}

fn main() {
    let _ = povery::routes![crate = ::povery, list_users];
}
