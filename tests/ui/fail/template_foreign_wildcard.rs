#[povery::route(GET, "/files/*path")]
async fn get_file(path: String) {
    drop(path);
}

fn main() {}
