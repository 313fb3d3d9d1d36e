#[povery::event(sqss, partial)]
async fn on_order() {}

#[povery::event(cognito)]
async fn on_login() {}

fn main() {
    let _ = povery::events![on_order, on_login];
}
