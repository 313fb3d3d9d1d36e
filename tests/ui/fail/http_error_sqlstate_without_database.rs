#[derive(Debug, thiserror::Error, povery::HttpError)]
enum UserError {
    #[error("Refused")]
    #[http(400, sqlstate = "P0001")]
    Refused,
}

fn main() {
    let _ = UserError::Refused;
}
