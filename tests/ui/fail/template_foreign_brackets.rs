#[povery::route(GET, "/users/[id]")]
async fn get_user(id: u32) {
    let _ = id;
}

fn main() {}
