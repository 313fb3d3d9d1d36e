#[povery::route(GET, "/users/<id>", sttus = 201)]
async fn get_user(id: u32) {
    let _ = id;
}

fn main() {
    let _ = povery::routes![get_user];
}
