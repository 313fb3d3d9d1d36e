mod admin {
    #[povery::route(GET, "/users")]
    async fn list_users() {}

    #[povery::route(GET, "/users")]
    async fn list_members() {}

    pub const ROUTES: povery::RouteTable = povery::routes![list_users, list_members];
}

fn main() {
    let _ = povery::routes!["/admin" => admin::ROUTES];
}
