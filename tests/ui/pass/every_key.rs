use povery::{App, routes};

#[povery::route(
    POST,
    "/users",
    status = 202,
    roles("ADMIN", "EDITOR"),
    scopes("users:write",),
    tag = "users",
    body_limit = 5_000_000,
    layers(tower::layer::util::Identity::new(),),
    deprecated,
    hidden,
    idempotent,
    crate = ::povery,
)]
async fn create_user() {}

#[povery::route(GET, "/", public)]
async fn home() {}

#[test]
fn holds() {
    let app = App::new().routes(routes![create_user, home]);
    let route = &app.route_table()[0];
    assert_eq!((route.status(), route.tag()), (202, Some("users")));
    assert_eq!(route.body_limit(), Some(5_000_000));
    assert_eq!(
        (route.roles(), route.scopes()),
        (&["ADMIN", "EDITOR"][..], &["users:write"][..])
    );
    assert!(route.is_deprecated() && route.is_hidden() && route.is_idempotent());
    assert!(!route.is_public() && app.route_table()[1].is_public());
}
