//! povery with 1 route.

include!(concat!(env!("OUT_DIR"), "/routes_1.rs"));

fn main() -> povery::Exit {
    povery::App::new().routes(TABLE).run()
}
