#[povery::action]
async fn sum() -> u16 {
    3
}

fn main() {}
