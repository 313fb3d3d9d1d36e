#[derive(Debug, thiserror::Error, povery::HttpError)]
enum UserError {
    #[error("Refused")]
    #[http(400, sqlstate = "P000")]
    Refused,
    #[error("Failed")]
    #[http(database)]
    Database(#[source] sqlx::Error),
}

fn main() {}
