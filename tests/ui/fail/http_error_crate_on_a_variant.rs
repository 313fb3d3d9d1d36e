#[derive(Debug, thiserror::Error, povery::HttpError)]
enum UserError {
    #[error("User not found")]
    #[http(404, crate = povery)]
    NotFound,
}

fn main() {}
