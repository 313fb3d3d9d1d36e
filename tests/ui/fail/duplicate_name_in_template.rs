#[povery::route(GET, "/users/<id>/posts/<id>?<id>")]
async fn get_post(id: u32) {
    let _ = id;
}

fn main() {}
