//! The application of `examples/auth`, with the routes by which callers got past the roles of another one.

use povery::prelude::*;

#[povery::route(GET, "/stage/<rest>", public)]
async fn open(rest: String) -> String {
    format!("open {rest}")
}

#[povery::route(GET, "/<rest>", roles("ADMIN"))]
async fn closed(rest: String) -> String {
    format!("closed {rest}")
}

/// Tells who calls.
#[povery::action(roles("ADMIN", "ROOT"))]
async fn administer(user: User) -> Json<String> {
    Json(format!("{} administers", user.id()))
}

fn main() -> povery::Exit {
    let app = auth::app(|name| std::env::var(name).ok());
    let app = app.routes(povery::routes![open, closed]);
    // No gateway's authorizer knows who invokes directly.
    match std::env::var_os("JWT_ISSUER") {
        Some(_) => app.actions(povery::actions![administer]).run(),
        None => app.run(),
    }
}
