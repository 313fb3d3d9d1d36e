#[derive(serde::Serialize)]
struct User;

#[povery::route(GET, "/users/<id>")]
async fn get_user(id: u32) -> User {
    let _ = id;
    User
}

fn main() {
    let _ = povery::routes![get_user];
}
