use povery::Json;

#[povery::route(POST, "/users")]
async fn create_user(Json(new): Jsn<u32>) {
    let _ = new;
}

fn main() {
    let _ = povery::routes![create_user];
}
