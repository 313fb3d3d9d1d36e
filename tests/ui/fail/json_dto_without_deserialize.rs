use povery::Json;

#[derive(validator::Validate)]
struct NewUser {
    #[validate(length(min = 2))]
    name: String,
}

#[povery::route(POST, "/users")]
async fn create_user(Json(new): Json<NewUser>) {
    drop(new.name);
}

fn main() {
    let _ = povery::routes![create_user];
}
