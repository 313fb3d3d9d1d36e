#[povery::route(GET, "/users?<limit>&<mail>")]
async fn list_users(
    #[validate(range(min = 1, code = 7))] limit: u32,
    #[validate(email(message = ADVICE))] mail: String,
) {
    let _ = (limit, mail);
}

fn main() {}
