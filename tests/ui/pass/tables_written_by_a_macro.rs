use povery::{App, RouteTable};

macro_rules! resource {
    ($module:ident, $prefix:literal, $id:ty) => {
        mod $module {
            #[povery::route(GET, "/")]
            async fn list() {}

            #[povery::route(GET, "/<id>")]
            async fn get(id: $id) {
                let _ = id;
            }

    pub const ROUTES: povery::RouteTable = povery::routes![$prefix => inner::ROUTES];

            mod inner {
                use super::{get, list};

                pub const ROUTES: povery::RouteTable = povery::routes![list, get];
            }
        }
    };
}

resource!(users, "/users", u32);
resource!(orders, "/orders", String);

macro_rules! all {
    ($($module:ident),*) => { povery::routes![$("/api" => $module::ROUTES),*] };
}

const ROUTES: RouteTable = all![users, orders];

#[test]
fn holds() {
    let app = App::new().routes(ROUTES);
    assert_eq!(app.route_table()[3].path(), "/api/orders/<id>");
    app.check().unwrap();
}
