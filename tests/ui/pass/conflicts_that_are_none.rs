//! Shapes that look alike and are told apart.

#[povery::route(GET, "/users/<id>")]
async fn get(id: u32) {
    let _ = id;
}

#[povery::route(PUT, "/users/<name>")]
async fn put(name: String) {
    drop(name);
}

#[povery::route(ANY, "/users/<key>")]
async fn any(key: String) {
    drop(key);
}

#[povery::route(GET, "/users/me")]
async fn me() {}

#[povery::route(GET, "/users/<id>/files/<path..>")]
async fn file(id: u32, path: String) {
    let _ = (id, path);
}

#[povery::route(GET, "/users/me/<rest..>")]
async fn rest(rest: String) {
    drop(rest);
}

#[test]
fn holds() {
    let table = povery::routes![get, put, any, me, file, rest];
    povery::App::new().routes(table).check().unwrap();
}
