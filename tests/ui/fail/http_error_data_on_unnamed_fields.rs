#[derive(Debug, thiserror::Error, povery::HttpError)]
enum OrderError {
    #[error("Not enough in stock")]
    #[http(409)]
    SoldOut(#[http(data)] u32, #[http(data)] u32),
}

fn main() {}
