#[povery::event(sqss, partial)]
async fn on_order() {}

#[povery::event(ses)]
async fn on_mail() {}

fn main() {
    let _ = povery::events![on_order, on_mail];
}
