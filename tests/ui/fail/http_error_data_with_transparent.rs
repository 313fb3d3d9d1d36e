#[derive(Debug, thiserror::Error, povery::HttpError)]
#[error(transparent)]
#[http(transparent)]
struct Wrapper(#[http(data)] povery::PoveryError);

fn main() {}
