#[derive(Debug, thiserror::Error, povery::HttpError)]
#[error("Email is already in use")]
#[http(409, constraint = "users_email_key")]
struct EmailTaken;

fn main() {}
