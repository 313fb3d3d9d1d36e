#[derive(Debug, thiserror::Error, povery::HttpError)]
enum OrderError {
    #[error("Not enough in stock")]
    #[http(409, data)]
    SoldOut { left: u32 },
}

fn main() {}
