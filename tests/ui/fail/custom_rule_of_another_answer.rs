fn even(limit: &u32) -> bool {
    limit.is_multiple_of(2)
}

#[povery::route(GET, "/users?<limit>")]
async fn list_users(#[validate(custom(function = even))] limit: Option<u32>) {
    let _ = limit;
}

fn main() {}
