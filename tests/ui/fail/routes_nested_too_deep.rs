use povery::{RouteTable, routes};

#[povery::route(GET, "/deep")]
async fn deep() {}

const FOUR: RouteTable = routes!["/3" => routes_of_three::ROUTES];

mod routes_of_three {
    use super::*;
    const ONE: RouteTable = routes![deep];
    const TWO: RouteTable = routes!["/1" => ONE];
    pub const ROUTES: RouteTable = routes!["/2" => TWO];
}

const FIVE: RouteTable = routes!["/4" => FOUR];
const SIX: RouteTable = routes!["/5" => FIVE];
const SEVEN: RouteTable = routes!["/6" => SIX];
const EIGHT: RouteTable = routes!["/7" => SEVEN];
const NINE: RouteTable = routes!["/8" => EIGHT];

fn main() {
    let _ = routes!["/9" => NINE];
}
