mod users {
    #[derive(serde::Deserialize)]
    pub(crate) struct Id(u32);

    #[povery::route(GET, "/users/<id>")]
    pub(crate) async fn get(id: Id) -> String {
        id.0.to_string()
    }

    pub(crate) mod admin {
        use super::Id;

        #[povery::route(DELETE, "/users/<id>")]
        pub(in crate::routes_in_modules::users) async fn delete(id: Id) {
            let _ = id;
        }

        pub(crate) fn table() -> povery::RouteTable {
            povery::routes![delete, super::get]
        }
    }
}

#[test]
fn holds() {
    let _ = (
        povery::routes![users::get],
        crate::routes_in_modules::users::admin::table(),
    );
}
