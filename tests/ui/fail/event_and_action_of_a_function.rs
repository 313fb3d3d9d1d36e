#[povery::event(sqs)]
#[povery::action]
async fn on_order() {}

fn main() {
    let _ = povery::events![on_order];
}
