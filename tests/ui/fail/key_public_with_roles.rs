#[povery::route(GET, "/users", public, roles("ADMIN"))]
async fn list_users() {}

#[povery::route(GET, "/members", scopes("read"), public)]
async fn members() {}

fn main() {
    povery::routes![list_users, members];
}
