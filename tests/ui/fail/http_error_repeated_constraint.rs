#[derive(Debug, thiserror::Error, povery::HttpError)]
enum UserError {
    #[error("Email is already in use")]
    #[http(409, constraint = "users_email_key")]
    EmailTaken,
    #[error("Name is already in use")]
    #[http(409, constraint = "users_email_key")]
    NameTaken,
    #[error("Failed")]
    #[http(database)]
    Database(#[source] sqlx::Error),
}

fn main() {}
