#[povery::route(GET, "")]
async fn home() {}

fn main() {}
