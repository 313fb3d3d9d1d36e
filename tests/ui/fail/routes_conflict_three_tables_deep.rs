use povery::{RouteTable, routes};

#[povery::route(GET, "/<id>/lines/<line>")]
async fn get_line(id: u32, line: u32) {
    let _ = (id, line);
}

#[povery::route(GET, "/v1/orders/<order>/lines/<number>")]
async fn get_order_line(order: String, number: u32) {
    let _ = (order, number);
}

const LINES: RouteTable = routes![get_line];
const ORDERS: RouteTable = routes!["/orders" => LINES];
const ROUTES: RouteTable = routes!["/v1" => ORDERS, get_order_line];

fn main() {
    let _ = ROUTES;
}
