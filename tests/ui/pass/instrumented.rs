use povery::PoveryError;

#[tracing::instrument]
#[povery::route(GET, "/before/<id>")]
async fn before(#[validate(range(min = 1))] id: u32) -> Result<String, PoveryError> {
    Ok(id.to_string())
}

#[povery::route(GET, "/after/<id>")]
#[tracing::instrument(skip(id), err)]
async fn after(id: u32) -> Result<String, PoveryError> {
    Ok(id.to_string())
}

#[test]
fn holds() {
    let app = povery::App::new().routes(povery::routes![before, after]);
    assert_eq!(app.route_table()[1].name(), "after");
}
