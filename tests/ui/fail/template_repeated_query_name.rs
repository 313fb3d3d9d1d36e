#[povery::route(GET, "/users?<limit>&<limit>")]
async fn list_users(limit: u32) {
    let _ = limit;
}

fn main() {}
