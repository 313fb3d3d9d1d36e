#[povery::route(GET, "/users?<limit>?<after>")]
async fn list_users(limit: u32, after: u32) {
    let _ = (limit, after);
}

fn main() {}
