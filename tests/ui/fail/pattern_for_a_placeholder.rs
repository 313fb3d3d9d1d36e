#[povery::route(GET, "/points/<x>/<y>")]
async fn get_point((x, y): (u32, u32)) {
    let _ = (x, y);
}

fn main() {}
