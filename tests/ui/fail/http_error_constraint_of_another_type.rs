#[derive(Debug, thiserror::Error, povery::HttpError)]
enum UserError {
    #[error("Email is already in use")]
    #[http(409, constraint = "users_email_key")]
    EmailTaken(String),
    #[error("Failed")]
    #[http(database)]
    Database(#[source] sqlx::Error),
}

fn main() {}
