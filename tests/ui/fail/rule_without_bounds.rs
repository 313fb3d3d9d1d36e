#[povery::route(GET, "/users?<limit>&<name>")]
async fn list_users(#[validate(range)] limit: u32, #[validate(length())] name: String) {
    let _ = (limit, name);
}

fn main() {}
