trait Users {
    #[povery::route(GET, "/users")]
    async fn list();
}

fn main() {}
