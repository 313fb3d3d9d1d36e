#[derive(Debug, thiserror::Error, povery::HttpError)]
enum UserError {
    #[error("not found")]
    #[http(404)]
    NotFound,
    #[error("gone")]
    Gone,
}

fn main() {
    let _ = (UserError::NotFound, UserError::Gone);
}
