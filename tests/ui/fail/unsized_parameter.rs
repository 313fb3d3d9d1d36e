#[povery::route(GET, "/users/<name>")]
async fn get_user(name: str) {
    let _ = &name;
}

fn main() {}
