struct Users;

impl Users {
    #[povery::route(GET, "/users")]
    async fn list(&self) {}
}

fn main() {
    let _ = Users.list();
}
