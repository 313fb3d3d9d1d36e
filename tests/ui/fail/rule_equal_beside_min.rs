#[povery::route(GET, "/users/<name>")]
async fn get_user(#[validate(length(min = 1, equal = 8))] name: String) {
    drop(name);
}

fn main() {}
