//! The application of `examples/auth`, with the routes by which callers got past the roles of another one.

#[povery::route(GET, "/stage/<rest>", public)]
async fn open(rest: String) -> String {
    format!("open {rest}")
}

#[povery::route(GET, "/<rest>", roles("ADMIN"))]
async fn closed(rest: String) -> String {
    format!("closed {rest}")
}

fn main() -> povery::Exit {
    let app = auth::app(|name| std::env::var(name).ok());
    app.routes(povery::routes![open, closed]).run()
}
