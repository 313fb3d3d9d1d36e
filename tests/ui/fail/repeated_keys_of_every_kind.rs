#[povery::route(
    POST, "/users", tag = "a", body_limit = 1, roles("A"), scopes("a"), deprecated, hidden, idempotent, crate = ::povery,
    tag = "b", body_limit = 2, roles("B"), scopes("b"), deprecated, hidden, idempotent, crate = povery
)]
async fn create_user() {}

fn main() {}
