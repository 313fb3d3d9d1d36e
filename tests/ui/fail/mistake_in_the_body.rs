#[povery::route(GET, "/users/<id>")]
async fn get_user(id: u32) -> String {
    id
}

fn main() {
    let _ = povery::routes![get_user];
}
