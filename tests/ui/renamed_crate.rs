//! povery under another name, by a declaration in the root of the crate.

#![allow(unreachable_pub, reason = "the modules are private")]

// As if Cargo.toml said `web = { package = "povery", … }`; the package in tests/renamed does.
extern crate povery as web;

use web::{App, Json, RouteTable};

mod users {
    #[web::route(GET, "/<id>", crate = ::web)]
    pub async fn get(#[validate(range(min = 1))] id: u32) -> web::Json<u32> {
        web::Json(id)
    }

    pub const ROUTES: web::RouteTable = web::routes![get];
}

#[web::route(GET, "/", crate = web)]
async fn home(greeting: web::State<String>) -> Json<usize> {
    Json(greeting.len())
}

const ROUTES: RouteTable = web::routes![home, "/users" => users::ROUTES];

#[test]
fn holds() {
    assert_eq!(
        App::new().routes(ROUTES).route_table()[1].path(),
        "/users/<id>"
    );
}
