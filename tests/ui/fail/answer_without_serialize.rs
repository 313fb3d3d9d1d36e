use povery::Json;

struct User;

#[povery::route(GET, "/users/<id>")]
async fn get_user(id: u32) -> Json<User> {
    let _ = id;
    Json(User)
}

fn main() {
    let _ = povery::routes![get_user];
}
