#[povery::route(GET, "/users?<limit>")]
async fn list_users(#[validate(rnage(min = 1), even)] limit: u32) {
    let _ = limit;
}

fn main() {}
