use povery::{App, RouteTable, routes};

mod shop {
    use super::{RouteTable, routes};

    #[povery::route(GET, "/")]
    async fn home() {}

    mod orders {
        use super::{RouteTable, routes};

        #[povery::route(GET, "/<id>")]
        async fn get(id: u32) {
            let _ = id;
        }

        mod lines {
            #[povery::route(GET, "/lines/<line>")]
            async fn get(line: u32) {
                let _ = line;
            }

            pub(super) const ROUTES: super::RouteTable = super::routes![get];
        }

        pub(super) static ROUTES: RouteTable = TABLE;
        pub(super) const TABLE: RouteTable = routes![get, "/" => lines::ROUTES];
    }

    pub const ROUTES: RouteTable = routes![
        home,
        "/orders" => orders::TABLE,
        "/v2/orders" => orders::TABLE,
        #[cfg(any())]
        "/orders" => nowhere::ROUTES,
    ];

    pub fn orders() -> RouteTable {
        orders::ROUTES
    }
}

#[test]
fn holds() {
    let app = App::new().routes(routes!["/" => shop::ROUTES, "/shop/de" => shop::ROUTES]);
    let paths: Vec<_> = app
        .route_table()
        .iter()
        .map(|route| route.path().to_owned())
        .collect();
    assert_eq!(
        paths[..4],
        [
            "/",
            "/orders/<id>",
            "/orders/lines/<line>",
            "/v2/orders/<id>"
        ]
    );
    assert_eq!(paths[7], "/shop/de/orders/lines/<line>");
    app.check().unwrap();
    assert_eq!(App::new().routes(shop::orders()).route_table().len(), 2);
}
