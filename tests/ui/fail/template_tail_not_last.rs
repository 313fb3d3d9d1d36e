#[povery::route(GET, "/files/<path..>/raw")]
async fn get_file(path: String) {
    drop(path);
}

fn main() {}
