mod admin {
    #[povery::route(GET, "/users")]
    async fn list_users() {}

    pub const ROUTES: povery::RouteTable = povery::routes![list_users];
}

#[povery::route(GET, "/admin/users")]
async fn list_administrators() {}

fn main() {
    let _ = povery::routes!["/admin" => admin::ROUTES, list_administrators];
}
