#[povery::route(GET, "/users?<limit>&<after>&<name>")]
async fn list_users(
    #[validate] limit: u32,
    #[validate()] after: u32,
    #[validate = "email"] name: String,
) {
    let _ = (limit, after, name);
}

fn main() {}
