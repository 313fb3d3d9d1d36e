#[povery::route(GET, "/users?page=<page>&sort=name")]
async fn list_users(page: u32) {
    let _ = page;
}

fn main() {}
