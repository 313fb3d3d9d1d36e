#[povery::route(GET, "/files/<name>.json")]
async fn get_file(name: String) {
    drop(name);
}

fn main() {}
