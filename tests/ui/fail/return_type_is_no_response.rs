struct User;

#[povery::route(GET, "/users/<id>")]
async fn get_user(id: u32) -> Option<User> {
    let _ = id;
    None
}

fn main() {
    let _ = povery::routes![get_user];
}
