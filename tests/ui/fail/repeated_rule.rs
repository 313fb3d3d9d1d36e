#[povery::route(GET, "/users?<email>")]
async fn list_users(#[validate(email, email)] email: String) {
    drop(email);
}

fn main() {}
