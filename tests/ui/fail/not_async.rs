#[povery::route(GET, "/users")]
fn list_users() {}

fn main() {
    let _ = povery::routes![list_users];
}
