#[povery::route(GET, "/users?<limit>&<name>")]
async fn list_users(
    #[validate(range(min))] limit: u32,
    #[validate(length(max = ))] name: String,
) {
    let _ = (limit, name);
}

fn main() {}
