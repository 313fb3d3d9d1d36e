use povery::{IntoResponse, Json, StatusCode};

#[povery::route(GET, "/users/<id>")]
async fn get_user(id: u32) -> impl IntoResponse {
    (StatusCode::OK, Json(id))
}

#[test]
fn holds() {
    let _ = povery::routes![get_user];
}
