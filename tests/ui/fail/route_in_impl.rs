struct Users;

impl Users {
    #[povery::route(GET, "/users")]
    async fn list() {}
}

fn main() {
    let _ = Users::list();
}
