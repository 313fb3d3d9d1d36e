#[derive(Debug, thiserror::Error, povery::HttpError)]
enum UserError {
    #[error("Email is already in use")]
    #[http(409, constraint = "users_email_key")]
    EmailTaken,
}

fn main() {
    let _ = UserError::EmailTaken;
}
