#[povery::route(GET, "/caf%C3%A9/a b")]
async fn get_menu() {}

fn main() {}
