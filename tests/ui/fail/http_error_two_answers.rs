#[derive(Debug, thiserror::Error, povery::HttpError)]
enum UserError {
    #[error("failed")]
    #[http(500, database)]
    Database(#[source] sqlx::Error),
    #[error("failed otherwise")]
    #[http(transparent)]
    Other,
}

fn main() {}
