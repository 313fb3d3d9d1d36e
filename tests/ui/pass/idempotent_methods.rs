#[povery::route(GET, "/users", idempotent)]
async fn list() {}

#[povery::route(PUT, "/users", idempotent)]
async fn replace() {}

#[povery::route(POST, "/users", idempotent)]
async fn add() {}

#[povery::route(DELETE, "/users")]
async fn remove() {}

#[test]
fn holds() {
    let app = povery::App::new().routes(povery::routes![list, replace, add, remove]);
    let idempotent: Vec<_> = app
        .route_table()
        .iter()
        .map(|route| route.is_idempotent())
        .collect();
    assert_eq!(idempotent, [true, true, true, false]);
    app.check().unwrap();
}
