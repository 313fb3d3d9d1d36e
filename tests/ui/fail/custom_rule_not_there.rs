#[povery::route(GET, "/users?<limit>")]
async fn list_users(#[validate(custom(function = even))] limit: u32) {
    let _ = limit;
}

fn main() {}
