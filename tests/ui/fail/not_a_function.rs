/// It has a document comment that says fn twice: fn.
#[povery::route(GET, "/users")]
struct Users;

fn main() {
    let _ = Users;
}
