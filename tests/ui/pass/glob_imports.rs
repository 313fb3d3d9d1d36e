mod routes {
    mod list {
        #[povery::route(GET, "/users")]
        pub async fn users() {}
    }

    mod get {
        #[povery::route(GET, "/users/<id>")]
        pub async fn user(id: u32) {
            let _ = id;
        }
    }

    pub use get::*;
    pub use list::users as all_users;
}

use routes::*;

const TABLE: povery::RouteTable = povery::routes![routes::all_users, routes::user,];

#[test]
fn holds() {
    let _ = povery::routes![all_users, user, "/again" => TABLE];
}
