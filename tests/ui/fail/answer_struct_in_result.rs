use povery::PoveryError;

struct User;

#[povery::route(GET, "/users/<id>")]
async fn get_user(id: u32) -> Result<User, PoveryError> {
    Err(PoveryError::not_found(id.to_string()))
}

fn main() {
    let _ = povery::routes![get_user];
}
