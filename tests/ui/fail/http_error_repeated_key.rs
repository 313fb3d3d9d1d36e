#[derive(Debug, thiserror::Error, povery::HttpError)]
#[error("Not enough money")]
#[http(402, code = "NO_FUNDS", code = "NO_MONEY")]
struct NoFunds;

fn main() {}
