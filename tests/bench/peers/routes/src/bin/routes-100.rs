//! povery with 100 routes.

include!(concat!(env!("OUT_DIR"), "/routes_100.rs"));

fn main() -> povery::Exit {
    povery::App::new().routes(TABLE).run()
}
