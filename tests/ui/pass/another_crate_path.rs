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

#[web::route(GET, "/users", crate = crate::framework::web, status = 202)]
async fn list_users() {}

fn main() {
    assert_eq!(web::routes![crate = web, get_user, list_users].len(), 2);
    assert!(web::routes![crate = framework::web].is_empty());
}
