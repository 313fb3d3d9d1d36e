mod users {
    #[povery::route(GET, "/users/<id>")]
    pub async fn by_id(id: u32) {
        let _ = id;
    }

    #[povery::route(GET, "/users/<name>")]
    pub async fn by_name(name: String) {
        drop(name);
    }
}

fn main() {
    let _ = povery::routes![users::by_id, users::by_name];
}
