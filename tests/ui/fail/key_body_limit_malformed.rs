#[povery::route(POST, "/photos", body_limit 5_000_000)]
async fn add_photo() {}

#[povery::route(POST, "/films", body_limit(5_000_000))]
async fn add_film() {}

#[povery::route(POST, "/songs", body_limit = )]
async fn add_song() {}

#[povery::route(POST, "/books", body_limit = 5 * 1024)]
async fn add_book() {}

#[povery::route(POST, "/maps", body_limit = LIMIT)]
async fn add_map() {}

fn main() {}
