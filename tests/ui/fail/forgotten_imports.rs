#[povery::route(POST, "/users/<since>")]
async fn create_user(since: Duration, name: Json<String>, pool: Pool) -> Location {
    let _ = (since, name, pool);
    loop {}
}

fn main() {
    let _ = povery::routes![create_user];
}
