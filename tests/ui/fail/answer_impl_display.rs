#[povery::route(GET, "/users")]
async fn list_users() -> impl std::fmt::Display {
    "users"
}

fn main() {
    let _ = povery::routes![list_users];
}
