mod admin {
    #[povery::route(GET, "/users")]
    async fn list_users() {}

    pub const ROUTES: povery::RouteTable = povery::routes![list_users];
}

fn main() {
    let _ = povery::routes!["/admin/" => admin::ROUTES];
}
