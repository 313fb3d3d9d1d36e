#[povery::route(GET, "/users?<limit>")]
async fn list_users(#[validate(length(max = 9))] limit: u32) {
    let _ = limit;
}

fn main() {}
