#[povery::route(GET, "/users/<id:u32>")]
async fn get_user(id: u32) {
    let _ = id;
}

fn main() {}
