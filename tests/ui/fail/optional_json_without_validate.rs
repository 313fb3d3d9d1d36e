use povery::Json;

#[derive(serde::Deserialize)]
struct Filter;

#[povery::route(POST, "/searches")]
async fn search(filter: Option<Json<Filter>>) {
    drop(filter);
}

fn main() {
    let _ = povery::routes![search];
}
