#[derive(Debug, thiserror::Error, povery::HttpError)]
enum UserError {
    #[error("not found")]
    #[http(200)]
    NotFound,
    #[error("gone")]
    #[http(code = "GONE")]
    Gone,
}

fn main() {
    let _ = (UserError::NotFound, UserError::Gone);
}
