#[povery::route(GET, "/files/<..>")]
async fn get_file() {}

#[povery::route(GET, "/images/<..path>")]
async fn get_image() {}

fn main() {}
