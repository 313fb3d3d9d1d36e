#[povery::route(GET, "/users/<name>")]
async fn get_user<'a>(name: &'a str) {
    let _ = name;
}

#[povery::route(GET, "/members/<id>")]
async fn get_member<'a>(id: u32) {
    let _ = id;
}

fn main() {}
