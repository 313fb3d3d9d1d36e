struct Point {
    x: u32,
}

#[povery::route(GET, "/points")]
async fn list_points(Point { x }: Point) {
    let _ = x;
}

fn main() {}
