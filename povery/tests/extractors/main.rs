//! Extractors in routes that the macro made, through the whole application.

mod bodies;
mod content_types;
mod contexts;
mod encoded;
mod headers;
#[cfg(feature = "multipart")]
mod multipart;
mod optional;
mod parsed;

use povery::App;
use povery::test::TestClient;
use serde_json::{Value, json};

fn client(routes: povery::RouteTable) -> TestClient {
    TestClient::new(App::new().routes(routes))
}

/// One fault as it is on the wire.
fn fault(place: &str, property: &str, constraint: &str, message: &str) -> Value {
    json!({"property": property, "in": place, "constraints": {constraint: message}})
}
