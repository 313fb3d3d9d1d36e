#[povery::route(GET, "/users/<id>")]
async fn get_user(#[cfg_attr(all(), validate(range(min = 1)))] id: u32) {
    let _ = id;
}

fn main() {}
