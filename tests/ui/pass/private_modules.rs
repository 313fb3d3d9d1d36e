mod users {
    mod list {
        #[povery::route(GET, "/users")]
        pub(in crate::private_modules::users) async fn list() {}
    }

    mod detail {
        use super::Id;

        #[povery::route(GET, "/users/<id>")]
        pub(crate) async fn get(id: Id) {
            drop(id.0);
        }
    }

    /// A type that is less visible than the function that takes it.
    #[derive(serde::Deserialize)]
    pub(super) struct Id(String);

    pub(crate) use detail::get;

    pub(crate) const ROUTES: povery::RouteTable = povery::routes![list::list];
}

#[test]
fn holds() {
    let app = povery::App::new().routes(povery::routes![users::get, "/" => users::ROUTES]);
    app.check().unwrap();
}
