#[povery::route(GET, "/users/<name>")]
async fn get_user(#[validate(regex(path = "^[a-z]+$"))] name: String) {
    drop(name);
}

fn main() {}
