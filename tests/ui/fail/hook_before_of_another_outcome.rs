use povery::{App, MatchedRequest};

fn main() {
    let _ = App::new().before(|_: &MatchedRequest| async { true });
}
