#[derive(Debug, povery::HttpError)]
enum UserError {
    #[http(404)]
    NotFound,
}

fn main() {
    let _ = UserError::NotFound;
}
