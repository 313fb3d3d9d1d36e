#[povery::route(GET, "/files/<bytes>")]
async fn get_file(bytes: [u8]) {
    let _ = &bytes;
}

fn main() {}
