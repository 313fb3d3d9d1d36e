#[povery::route(GET, "/users/<id>?<limit>")]
async fn get_user(id: Uuidd, #[validate(range(max = 9))] limit: Option<Strng>) {
    let _ = (id, limit);
}

fn main() {
    let _ = povery::routes![get_user];
}
