enum Order {
    Ascending,
}

#[povery::route(GET, "/users?<order>")]
async fn list_users(order: Option<Order>) {
    let _ = order.map(|Order::Ascending| 1);
}

fn main() {
    let _ = povery::routes![list_users];
}
