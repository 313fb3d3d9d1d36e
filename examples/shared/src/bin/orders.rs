//! Serves the function `orders`.

fn main() -> povery::Exit {
    shared::orders::app().run()
}
