#[povery::route(GET, "/files?<rest..>")]
async fn list_files(rest: Vec<String>) {
    drop(rest);
}

fn main() {}
