#[derive(Debug, thiserror::Error, povery::HttpError)]
enum UserError {
    #[error("not found")]
    #[http(404, cod = "USER_NOT_FOUND")]
    NotFound,
    #[error("failed")]
    #[http(transparant)]
    Failed(povery::PoveryError),
}

fn main() {}
