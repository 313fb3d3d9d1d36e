//! The smallest function on povery.

use povery::prelude::*;

/// Greets.
#[povery::route(GET, "/hello/<name>")]
async fn hello(name: String) -> String {
    format!("Hello, {name}!")
}

fn main() -> povery::Exit {
    App::new().routes(povery::routes![hello]).run()
}
