#[povery::route(GET, "/users?<limit>")]
async fn list_users(#[validate(range(min = 100, max = 1))] limit: u32) {
    let _ = limit;
}

fn main() {}
