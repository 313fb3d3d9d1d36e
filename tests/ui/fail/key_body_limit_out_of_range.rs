#[povery::route(POST, "/photos", body_limit = 0)]
async fn add_photo() {}

#[povery::route(POST, "/films", body_limit = -1)]
async fn add_film() {}

#[povery::route(POST, "/songs", body_limit = 10_485_761)]
async fn add_song() {}

#[povery::route(POST, "/books", body_limit = 99999999999999999999)]
async fn add_book() {}

#[povery::route(POST, "/maps", body_limit = "5 MB")]
async fn add_map() {}

#[povery::route(POST, "/plans", body_limit = 1.5)]
async fn add_plan() {}

fn main() {}
