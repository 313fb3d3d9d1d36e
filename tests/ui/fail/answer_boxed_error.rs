#[povery::route(GET, "/users")]
async fn list_users() -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    Ok(())
}

fn main() {
    let _ = povery::routes![list_users];
}
