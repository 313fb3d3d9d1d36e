#[derive(Debug, thiserror::Error, povery::HttpError)]
enum UserError {
    #[error(transparent)]
    #[http(transparent)]
    Io(#[from] std::io::Error),
}

fn main() {}
