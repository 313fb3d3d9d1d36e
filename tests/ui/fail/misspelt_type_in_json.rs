use povery::{Json, PoveryError};

#[povery::route(POST, "/users/<id>")]
async fn create_user(id: Option<Uuid>, new: Json<CreateUsr>) -> Result<Json<Usr>, PoveryError> {
    let _ = (id, new);
    Err(PoveryError::not_found("none"))
}

fn main() {
    let _ = povery::routes![create_user];
}
