#[povery::route(GET, "/users?<limit>")]
async fn list_users(#[validate(range(min = 1, min = 2))] limit: u32) {
    let _ = limit;
}

fn main() {}
