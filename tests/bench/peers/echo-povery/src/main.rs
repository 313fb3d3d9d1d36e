//! Bodies as they came, on povery.

use povery::Text;
use povery::prelude::*;

/// The body.
#[povery::route(POST, "/echo")]
async fn echo(Text(body): Text) -> String {
    body
}

fn main() -> povery::Exit {
    App::new()
        .body_limit(6 * 1024 * 1024)
        .routes(povery::routes![echo])
        .run()
}
