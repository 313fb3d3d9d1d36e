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

#[test]
fn holds() {
    let app = povery::App::new().routes(povery::routes![older]);
    let route = &app.route_table()[0];
    assert_eq!(route.summary(), "Above. Below.");
    assert!(route.is_deprecated());
}
