#[povery::route(GET, "/users/<id>", crate = ::web)]
async fn get_user(id: u32) -> String {
    id.to_string()
}

fn main() {}
