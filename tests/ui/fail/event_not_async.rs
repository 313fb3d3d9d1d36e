#[povery::event(sqs)]
fn on_order() {}

fn main() {
    let _ = povery::events![on_order];
}
