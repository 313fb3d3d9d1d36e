#![deny(warnings)]
#![allow(clippy::non_minimal_cfg, reason = "the least condition")]

#[cfg(any())]
#[povery::route(GET, "/before")]
async fn before(missing: Missing) {}

#[povery::route(GET, "/after")]
#[cfg(any())]
async fn after(missing: Missing) {}

#[povery::route(GET, "/chosen")]
#[cfg(all())]
async fn chosen() {}

#[povery::route(GET, "/chosen")]
#[cfg(not(all()))]
async fn chosen() {}

#[test]
fn holds() {
    let table = povery::routes![
        #[cfg(any())]
        before,
        #[cfg(any())]
        after,
        chosen
    ];
    assert_eq!(povery::App::new().routes(table).route_table().len(), 1);
}
