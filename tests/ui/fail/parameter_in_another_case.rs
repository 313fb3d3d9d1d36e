#[povery::route(GET, "/users/<userId>?<sortBy>")]
async fn get_user(user_id: u32, sort_by: String) {
    let _ = (user_id, sort_by);
}

fn main() {}
