#[derive(Debug, thiserror::Error, povery::HttpError)]
enum UserError {
    #[error("User not found")]
    #[http(404)]
    NotFound(#[http(code = "USER_NOT_FOUND")] u32),
}

fn main() {}
