#[povery::action("sum", role("ADMIN"))]
async fn sum() {}

fn main() {
    let _ = povery::actions![sum];
}
