#[povery::route(GET, "/users/<id>")]
async fn get_user(id: impl Copy) {
    let _ = id;
}

fn main() {}
