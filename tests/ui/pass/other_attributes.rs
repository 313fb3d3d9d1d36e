#![deny(warnings)]

/// Above.
#[allow(clippy::unused_async)]
#[deprecated(note = "use `newer`")]
#[povery::route(GET, "/older/<unused>")]
/// Below.
#[must_use]
#[allow(unused_variables)]
#[inline(never)]
async fn older(unused: u32) -> String {
    String::new()
}

fn main() {
    let [route] = povery::routes![older] else {
        panic!()
    };
    assert_eq!(route.summary(), "Above. Below.");
}
