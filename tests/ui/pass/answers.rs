use povery::{IntoResponse, Json, Location, PoveryError, StatusCode};

type Answer<T> = Result<Json<T>, PoveryError>;

#[povery::route(DELETE, "/nothing")]
async fn nothing() {}

#[povery::route(GET, "/text")]
async fn text() -> &'static str {
    "text"
}

#[povery::route(PUT, "/opaque")]
async fn opaque() -> impl IntoResponse {
    (StatusCode::ACCEPTED, Location::new("/text"), "text")
}

#[povery::route(PATCH, "/alias")]
async fn alias() -> Answer<Vec<Option<u8>>> {
    Ok(Json(vec![None]))
}

#[povery::route(HEAD, "/")]
async fn root() -> Result<impl IntoResponse, PoveryError> {
    Ok(())
}

#[test]
fn holds() {
    let _ = povery::routes![nothing, text, opaque, alias, root,];
}
