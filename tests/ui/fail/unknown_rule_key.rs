#[povery::route(GET, "/users?<limit>")]
async fn list_users(#[validate(range(minimum = 1, mx = 2))] limit: u32) {
    let _ = limit;
}

fn main() {}
