mod users {
    #[povery::route(GET, "/users")]
    async fn list() {}

    pub const ROUTES: povery::RouteTable = povery::routes![list];
}

fn main() {
    let _ = povery::routes![users::list, "/v1" => users::ROUTES];
}
