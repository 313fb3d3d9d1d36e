#![deny(warnings, unreachable_pub)]

mod users {
    #[povery::route(GET, "/users")]
    pub(crate) async fn list() {}

    #[povery::route(POST, "/users")]
    pub(super) async fn create() {}

    #[povery::route(GET, "/users/recent")]
    pub(in crate::visibility_for_the_crate::users) async fn recent() {}

    pub(super) fn table() -> povery::RouteTable {
        povery::routes![self::recent]
    }
}

use users::create as create_user;

#[test]
fn holds() {
    let _ = povery::routes![users::list, create_user];
    let _ = users::table();
}
