#[povery::route(GET, "/users", layers(povery::HeaderMap::new()))]
async fn list_users() {}

fn main() {
    let _ = povery::routes![list_users];
}
