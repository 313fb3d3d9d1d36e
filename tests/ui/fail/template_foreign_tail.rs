#[povery::route(GET, "/files/{proxy+}")]
async fn get_file(proxy: String) {
    drop(proxy);
}

fn main() {}
