use povery::middleware::{Next, from_fn};
use povery::{App, Body, http};

async fn named(request: http::Request<Body>, next: Next) -> u16 {
    next.run(request).await.status().as_u16()
}

fn main() {
    let _ = App::new().layer(from_fn(named));
}
