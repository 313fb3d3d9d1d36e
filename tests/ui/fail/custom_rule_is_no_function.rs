const LIMIT: u32 = 1;

#[povery::route(GET, "/users?<limit>")]
async fn list_users(#[validate(custom(function = LIMIT))] limit: u32) {
    let _ = limit;
}

fn main() {}
