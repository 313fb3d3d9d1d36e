use povery::prelude::*;

#[povery::event(sqs)]
async fn on_order() -> Json<u8> {
    Json(3)
}

fn main() {}
