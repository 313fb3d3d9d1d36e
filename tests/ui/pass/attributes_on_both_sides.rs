#![deny(warnings)]

#[allow(unused_variables)]
#[povery::route(GET, "/above/<id>")]
async fn above(id: u32) {}

#[povery::route(GET, "/below/<id>")]
#[allow(unused_variables)]
#[expect(clippy::unused_async, reason = "clippy alone knows it")]
async fn below(id: u32) {}

#[deprecated]
#[povery::route(GET, "/old")]
async fn old() {}

#[povery::route(GET, "/older", deprecated)]
#[deprecated(since = "1.0.0", note = "use `above`")]
async fn older() {}

#[cfg(any())]
#[povery::route(GET, "/gone")]
async fn gone(id: Missing) {}

#[povery::route(GET, "/gone")]
#[cfg_attr(all(), cfg(any()))]
async fn gone_too(id: Missing) {}

#[povery::route(GET, "/here")]
#[cfg_attr(all(), doc = "Here.")]
#[must_use]
#[cold]
async fn here() -> &'static str {
    "here"
}

#[test]
fn holds() {
    let app = povery::App::new().routes(povery::routes![above, below, old, older, here]);
    let deprecated = app
        .route_table()
        .iter()
        .filter(|route| route.is_deprecated());
    assert_eq!(deprecated.count(), 2);
}
