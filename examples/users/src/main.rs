//! Serves the users application: on Lambda, under `cargo lambda watch`, or over HTTP here.

fn main() -> povery::Exit {
    users::app().run()
}
