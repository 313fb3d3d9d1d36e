#[povery::route(GET, "/users/<name>")]
async fn get_user(name: &'static str) {
    let _ = name;
}

fn main() {}
