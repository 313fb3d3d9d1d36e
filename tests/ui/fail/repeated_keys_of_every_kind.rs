#[povery::route(
    POST, "/users", tag = "a", roles("A"), scopes("a"), deprecated, hidden, idempotent, crate = ::povery,
    tag = "b", roles("B"), scopes("b"), deprecated, hidden, idempotent, crate = povery
)]
async fn create_user() {}

fn main() {}
