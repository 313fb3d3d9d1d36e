mod framework {
    pub use ::povery as web;
}

use framework::web;

// Whoever writes `povery` or `::povery` here means something else.
mod povery {}

#[web::route(GET, "/users/<id>", crate = web)]
async fn get_user(#[validate(range(min = 1))] id: u32, _count: web::State<u8>) -> String {
    id.to_string()
}

#[web::route(GET, "/users", crate = crate::another_crate_path::framework::web, status = 202)]
async fn list_users() {}

#[test]
fn holds() {
    let app = web::App::new().routes(web::routes![get_user, list_users]);
    assert_eq!(app.route_table()[1].status(), 202);
    let none = framework::web::routes![];
    assert!(web::App::new().routes(none).route_table().is_empty());
}
