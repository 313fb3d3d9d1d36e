#[povery::event(s3, partial, queue = "orders")]
async fn on_upload() {}

#[povery::event(kinesis, concurrency = 4)]
async fn on_click() {}

#[povery::event(custom, queue = "orders")]
async fn on_rest() {}

fn main() {
    let _ = povery::events![on_upload, on_click, on_rest];
}
