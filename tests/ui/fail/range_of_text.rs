#[povery::route(GET, "/users?<name>")]
async fn list_users(#[validate(range(min = 1))] name: String) {
    drop(name);
}

fn main() {}
