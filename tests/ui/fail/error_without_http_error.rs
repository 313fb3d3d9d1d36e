#[derive(Debug, thiserror::Error)]
#[error("not today")]
struct NotToday;

#[povery::route(GET, "/users")]
async fn list_users() -> Result<(), NotToday> {
    Err(NotToday)
}

fn main() {
    let _ = povery::routes![list_users];
}
