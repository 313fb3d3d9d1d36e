#[povery::route(GET, "/users/<id>?<limit>")]
async fn get_user(idd: u32, #[validate(range(max = 9))] limmit: u32) {
    let _ = (idd, limmit);
}

fn main() {}
