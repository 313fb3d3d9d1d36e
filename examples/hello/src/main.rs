//! The smallest povery application: no database, one route.

use povery::prelude::*;

/// Greets.
#[povery::route(GET, "/hello/<name>")]
async fn hello(name: String) -> String {
    format!("Hello, {name}!")
}

fn main() -> povery::Exit {
    App::new().routes(povery::routes![hello]).run()
}
