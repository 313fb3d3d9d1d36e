#[derive(Debug, thiserror::Error, povery::HttpError)]
#[error("Refused")]
#[http(400, sqlstate = "P0001")]
struct Refused;

fn main() {}
