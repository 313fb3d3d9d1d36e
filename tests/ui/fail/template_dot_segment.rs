#[povery::route(GET, "/users/../members/.")]
async fn list_members() {}

fn main() {}
