#[povery::route(GET, "/users")]
async fn list_users(page: u32) {
    let _ = page;
}

fn main() {
    let _ = povery::routes![list_users];
}
