use povery::Json;

#[derive(serde::Deserialize)]
struct NewUser {
    name: String,
}

#[povery::route(POST, "/users")]
async fn create_user(Json(new): Json<NewUser>) {
    drop(new.name);
}

fn main() {
    let _ = povery::routes![create_user];
}
