#[povery::action]
fn sum() {}

fn main() {
    let _ = povery::actions![sum];
}
