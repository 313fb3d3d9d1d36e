use povery::{App, RouteTable, routes};

mod users {
    #[povery::route(GET, "/users")]
    async fn list() {}

    pub const ROUTES: povery::RouteTable = povery::routes![list];
    pub static TABLE: povery::RouteTable = ROUTES;
}

struct Admin;

impl Admin {
    const ROUTES: RouteTable = routes![admin];
}

#[povery::route(GET, "/")]
async fn admin() {}

#[test]
fn holds() {
    const LOCAL: RouteTable = routes!["/admin" => Admin::ROUTES];
    let app = App::new().routes(LOCAL).routes(users::TABLE);
    assert_eq!(app.route_table().len(), 2);
    let same_path_twice = routes!["/a" => users::ROUTES, "/b" => users::ROUTES,];
    assert_eq!(
        App::new().routes(same_path_twice).route_table()[1].path(),
        "/b/users"
    );
}
