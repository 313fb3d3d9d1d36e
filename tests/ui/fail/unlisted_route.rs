#![deny(warnings, dead_code)]

#[povery::route(GET, "/users/<id>")]
async fn get_user(id: u32, _agent: povery::State<u8>) {
    let _ = id;
}

fn main() {}
