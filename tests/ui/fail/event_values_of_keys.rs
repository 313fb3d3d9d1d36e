#[povery::event(sqs, queue = "arn:aws:sqs:eu-central-1:123456789012:orders", concurrency = 1000)]
async fn on_order() {}

#[povery::event(sqs, queue = "a", queue = "b", partail)]
async fn on_others() {}

fn main() {
    let _ = povery::events![on_order, on_others];
}
