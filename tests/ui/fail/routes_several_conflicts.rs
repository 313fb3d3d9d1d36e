#[povery::route(GET, "/users")]
async fn list_users() {}

#[povery::route(GET, "/users")]
async fn list_members() {}

#[povery::route(POST, "/users")]
async fn create_user() {}

#[povery::route(ANY, "/users/<id>")]
async fn any_user(id: u32) {
    let _ = id;
}

fn main() {
    let _ = povery::routes![list_users, list_members, create_user, create_user, any_user, any_user];
}
