use povery::State;

#[povery::route(GET, "/users")]
async fn list_users(#[validate(range(min = 1))] limit: State<u32>) {
    let _ = limit;
}

fn main() {}
