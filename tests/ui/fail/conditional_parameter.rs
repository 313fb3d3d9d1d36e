#[povery::route(GET, "/users/<id>")]
async fn get_user(id: u32, #[cfg(any())] pool: povery::Pool) {
    let _ = id;
}

fn main() {}
