use povery::Json;

#[povery::route(GET, "/users")]
async fn list_users() -> (u16, Json<u32>) {
    (201, Json(1))
}

fn main() {
    let _ = povery::routes![list_users];
}
