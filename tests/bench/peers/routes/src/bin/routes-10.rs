//! povery with 10 routes.

include!(concat!(env!("OUT_DIR"), "/routes_10.rs"));

fn main() -> povery::Exit {
    povery::App::new().routes(TABLE).run()
}
