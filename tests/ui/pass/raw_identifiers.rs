#[povery::route(GET, "/things/<type>?<match>")]
async fn r#loop(r#type: String, r#match: Option<u8>) -> String {
    format!("{type} {match:?}", r#type = r#type, r#match = r#match)
}

#[test]
fn holds() {
    let app = povery::App::new().routes(povery::routes![r#loop]);
    let route = &app.route_table()[0];
    assert_eq!((route.name(), route.path()), ("loop", "/things/<type>"));
}
