//! Serves the function `stock`.

fn main() -> povery::Exit {
    shared::stock::app().run()
}
