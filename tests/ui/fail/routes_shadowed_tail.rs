#[povery::route(GET, "/files/<path..>")]
async fn get_file(path: String) {
    drop(path);
}

#[povery::route(POST, "/files/<name>/versions")]
async fn add_version(name: String) {
    drop(name);
}

fn main() {
    let _ = povery::routes![get_file, add_version];
}
