#[povery::route(GET, "/users?<limit>&<after>&<name>")]
async fn list_users(
    #[validate(custom(function = 7))] limit: u32,
    #[validate(custom(function = "is even"))] after: u32,
    #[validate(custom)] name: String,
) {
    let _ = (limit, after, name);
}

fn main() {}
