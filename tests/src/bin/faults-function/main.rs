//! The function of the fault bench: whatever a handler does with its database.

mod statements;

use povery::prelude::*;

fn main() -> povery::Exit {
    App::new().routes(povery::routes!["/" => statements::ROUTES]).run()
}
