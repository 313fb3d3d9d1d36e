#[povery::route(FETCH, "/users/:id?<limit>", status = 99, tag2 = "x")]
fn list_users(#[validate(between(1, 2))] limit: u32) {
    let _ = limit;
}

#[povery::route(get, "/members/<id>", status = 99)]
fn get_member() {}

fn main() {}
