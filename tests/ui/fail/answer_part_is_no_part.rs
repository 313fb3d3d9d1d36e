use povery::{Json, StatusCode};

struct User;

#[povery::route(GET, "/users/<id>")]
async fn get_user(id: u32) -> (StatusCode, User, Json<u32>) {
    (StatusCode::OK, User, Json(id))
}

fn main() {
    let _ = povery::routes![get_user];
}
