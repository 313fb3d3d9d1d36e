#[povery::route(GET, "/users?<limit>")]
async fn list_users(#[validate(email)] limit: u32) {
    let _ = limit;
}

fn main() {}
