use std::rc::Rc;

#[povery::route(GET, "/users")]
async fn list_users() {
    let local = Rc::new(1);
    std::future::ready(()).await;
    drop(local);
}

fn main() {
    let _ = povery::routes![list_users];
}
