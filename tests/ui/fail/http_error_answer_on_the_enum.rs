#[derive(Debug, thiserror::Error, povery::HttpError)]
#[http(404)]
enum UserError {
    #[error("User not found")]
    #[http(404)]
    NotFound,
}

fn main() {}
