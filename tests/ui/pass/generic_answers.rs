use std::collections::BTreeMap;

use povery::{IntoResponse, Json, Location, PoveryError, StatusCode};

type Answer<T, E = PoveryError> = Result<Json<T>, E>;

trait Named {
    type Page;
}

impl Named for u8 {
    type Page = Vec<Option<u8>>;
}

#[povery::route(GET, "/alias")]
async fn alias() -> Answer<BTreeMap<String, Vec<(u8, bool)>>> {
    Ok(Json(BTreeMap::new()))
}

#[povery::route(GET, "/projection")]
async fn projection() -> Json<<u8 as Named>::Page> {
    Json(vec![None])
}

#[povery::route(POST, "/tuple", status = 202)]
async fn tuple() -> Result<(StatusCode, Location, Json<[u8; 2]>), PoveryError>
where
    u8: Named,
{
    Ok((StatusCode::CREATED, Location::new("/alias"), Json([1, 2])))
}

#[povery::route(GET, "/opaque")]
async fn opaque() -> Result<impl IntoResponse + use<>, PoveryError> {
    Ok(Json(1))
}

#[povery::route(GET, "/never")]
async fn never() -> Result<(), PoveryError> {
    Err(PoveryError::not_found("never"))
}

#[test]
fn holds() {
    let _ = povery::routes![alias, projection, tuple, opaque, never];
}
