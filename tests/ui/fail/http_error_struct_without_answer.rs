#[derive(Debug, thiserror::Error, povery::HttpError)]
#[error("not found")]
struct NotFound;

fn main() {}
