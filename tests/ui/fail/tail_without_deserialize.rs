struct Segment;

#[povery::route(GET, "/files/<path..>")]
async fn get_file(path: Vec<Segment>) {
    drop(path);
}

fn main() {
    let _ = povery::routes![get_file];
}
