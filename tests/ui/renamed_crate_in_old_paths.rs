//! The same, with the macros by `#[macro_use]` and paths from the root.

#![allow(unreachable_pub, reason = "the modules are private")]

#[macro_use]
extern crate povery as web;
extern crate povery as framework;

mod users {
    use framework::{Json, State};

    #[::web::route(POST, "/users", crate = framework, status = 201)]
    pub async fn create(seed: State<u32>) -> Json<u32> {
        Json(*seed)
    }
}

#[test]
fn holds() {
    let app = framework::App::new().routes(routes![users::create, self::list::list]);
    assert_eq!(app.route_table().len(), 2);
}

mod list {
    #[::web::route(GET, "/users", crate = crate::framework)]
    pub async fn list() {}
}
