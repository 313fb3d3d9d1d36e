use povery::{FromRequest, Json, Rejection, Request, Stage, State};

#[derive(serde::Deserialize, validator::Validate)]
struct Point {
    x: u32,
    y: u32,
}

struct Pair(u32, u32);

impl FromRequest for Pair {
    const STAGE: Stage = Stage::Input;

    async fn from_request(_: &Request) -> Result<Self, Rejection> {
        Ok(Self(1, 2))
    }
}

#[povery::route(POST, "/points/<id>")]
async fn add(
    Json(Point { x, mut y }): Json<Point>,
    Pair(first, _): Pair,
    id: u32,
    mut count: State<u8>,
    _: State<u16>,
) -> String {
    y += first;
    count = State::new(*count + 1);
    format!("{x} {y} {id} {}", *count)
}

#[test]
fn holds() {
    let _ = povery::routes![add];
}
