#[povery::route(GET, "/users")]
async fn list_users() {}

fn main() {
    let _ = povery::routes!["/v1" => list_users];
}
