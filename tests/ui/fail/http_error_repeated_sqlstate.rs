#[derive(Debug, thiserror::Error, povery::HttpError)]
enum UserError {
    #[error("Refused")]
    #[http(400, sqlstate = "P0001")]
    Refused,
    #[error("Not allowed")]
    #[http(403, sqlstate = "P0001")]
    NotAllowed,
    #[error("Failed")]
    #[http(database)]
    Database(#[source] sqlx::Error),
}

fn main() {}
