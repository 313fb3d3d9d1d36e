#[derive(Debug)]
struct Stock;

#[derive(Debug, thiserror::Error, povery::HttpError)]
enum OrderError {
    #[error("Not enough in stock")]
    #[http(409)]
    SoldOut(#[http(data)] Vec<Stock>),
}

fn main() {}
