#[povery::event(sqs)]
async fn on_order() {}

fn main() {
    let _ = povery::events![on_order()];
}
