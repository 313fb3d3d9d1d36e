#[povery::route(GET, "/files/:id.json")]
async fn get_file(id: u32) {
    let _ = id;
}

fn main() {}
