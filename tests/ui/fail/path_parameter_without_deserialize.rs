struct Id(u32);

#[povery::route(GET, "/users/<id>")]
async fn get_user(id: Id) {
    let _ = id.0;
}

fn main() {
    let _ = povery::routes![get_user];
}
