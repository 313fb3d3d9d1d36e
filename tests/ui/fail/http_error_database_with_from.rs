#[derive(Debug, thiserror::Error, povery::HttpError)]
enum UserError {
    #[error("Failed")]
    #[http(database)]
    Database(#[from] sqlx::Error),
}

fn main() {}
