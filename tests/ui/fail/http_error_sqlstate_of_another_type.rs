#[derive(Debug, thiserror::Error, povery::HttpError)]
enum UserError {
    #[error("Refused")]
    #[http(400, sqlstate = "P0001")]
    Refused(String),
    #[error("Failed")]
    #[http(database)]
    Database(#[source] sqlx::Error),
}

fn main() {}
