#[derive(Debug, thiserror::Error, povery::HttpError)]
enum UserError {
    #[error("failed")]
    #[http(database)]
    Database(#[source] std::io::Error),
}

fn main() {}
