//! Routes that a stage named `dev` confuses, for pages of one other origin, which may send credentials.

use povery::Cors;
use povery::prelude::*;

#[povery::route(GET, "/devices")]
async fn devices() -> &'static str {
    "all devices"
}

#[povery::route(GET, "/dev/devices")]
async fn of_developers() -> &'static str {
    "the developers' devices"
}

fn main() -> povery::Exit {
    App::new()
        .routes(povery::routes![devices, of_developers])
        .cors(Cors::origins(["https://app.example"]).credentials())
        .run()
}
