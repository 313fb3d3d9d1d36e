//! povery with 1000 routes.

include!(concat!(env!("OUT_DIR"), "/routes_1000.rs"));

fn main() -> povery::Exit {
    povery::App::new().routes(TABLE).run()
}
