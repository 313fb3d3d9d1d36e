//! What the host knows of extensions, and of the snapshot between initialisation and invocations.

use bytes::Bytes;
use http::request::Parts;
use http::{Method, Response, StatusCode};
use http_body_util::Full;
use serde_json::{Value, json};
use tokio::sync::watch;

use super::{InvocationError, RuntimeApi, failure, status};

/// The version that the paths of extensions begin with.
const EXTENSION: &str = "/2020-01-01/extension/";
const ID: &str = "lambda-extension-identifier";

/// What a function has done beside serving invocations.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Lifecycle {
    /// The names and events of the extensions that were registered.
    pub extensions: Vec<(String, Value)>,
    /// How often an extension has asked for events.
    pub polls: usize,
    /// Whether an invocation was asked for.
    pub serves: bool,
    /// Whether the function waits for the restore, so that the snapshot can be taken.
    pub waits: bool,
    /// What the function reported to `/restore/error`.
    pub restore_error: Option<InvocationError>,
    restored: bool,
}

/// The connection breaks, as one does that a snapshot has frozen.
#[derive(Debug)]
pub(super) struct Broken;

impl std::fmt::Display for Broken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("the connection was in a snapshot")
    }
}

impl std::error::Error for Broken {}

impl RuntimeApi {
    /// What the function has done so far.
    #[must_use]
    pub fn lifecycle(&self) -> Lifecycle {
        self.shared.lifecycle.borrow().clone()
    }

    /// Waits until what the function has done is as wanted.
    pub async fn wait_for(&self, wanted: impl FnMut(&Lifecycle) -> bool) -> Lifecycle {
        let mut seen = self.shared.lifecycle.subscribe();
        let seen = seen.wait_for(wanted).await;
        seen.expect("the host holds the sender").clone()
    }

    /// Restores the function from its snapshot: it goes on, and its other connections are broken.
    pub fn restore(&self) {
        self.shared
            .lifecycle
            .send_modify(|state| state.restored = true);
    }
}

/// The answer to anything but `/runtime/invocation` and `/runtime/init`.
pub(super) async fn answer(
    lifecycle: &watch::Sender<Lifecycle>,
    parts: &Parts,
    body: &Bytes,
) -> Result<Response<Full<Bytes>>, Broken> {
    let path = parts.uri.path();
    let restored = async |yes: bool| {
        let mut seen = lifecycle.subscribe();
        let _ = seen.wait_for(|state| state.restored == yes).await;
    };
    match (&parts.method, path.strip_prefix(EXTENSION)) {
        (&Method::GET, None) if path.ends_with("/restore/next") => {
            lifecycle.send_modify(|state| state.waits = true);
            restored(true).await;
            Ok(status(StatusCode::OK))
        }
        (&Method::POST, None) if path.ends_with("/restore/error") => {
            lifecycle.send_modify(|state| state.restore_error = Some(failure(body)));
            Ok(status(StatusCode::ACCEPTED))
        }
        (&Method::POST, Some("register")) => Ok(register(lifecycle, parts, body)),
        (&Method::GET, Some("event/next")) => {
            if parts.headers.get(ID).is_none_or(|id| id != "1") {
                return Ok(status(StatusCode::FORBIDDEN));
            }
            let before = lifecycle.borrow().restored;
            lifecycle.send_modify(|state| state.polls += 1);
            restored(!before).await;
            Err(Broken)
        }
        _ => Ok(status(StatusCode::NOT_FOUND)),
    }
}

/// Registers an extension, as long as no invocation was asked for.
fn register(
    lifecycle: &watch::Sender<Lifecycle>,
    parts: &Parts,
    body: &Bytes,
) -> Response<Full<Bytes>> {
    let name = parts.headers.get("lambda-extension-name");
    let name = name.and_then(|name| name.to_str().ok());
    let request: Value = serde_json::from_slice(body).unwrap_or_default();
    let (Some(name), Some(_)) = (name, request["events"].as_array()) else {
        return status(StatusCode::BAD_REQUEST);
    };
    if lifecycle.borrow().serves {
        return status(StatusCode::FORBIDDEN);
    }
    lifecycle.send_modify(|state| {
        state
            .extensions
            .push((name.to_owned(), request["events"].clone()));
    });
    let answer = json!({"functionName": "povery-tests", "handler": "bootstrap"});
    Response::builder()
        .header(ID, "1")
        .body(Full::new(answer.to_string().into()))
        .unwrap_or_else(|_| status(StatusCode::INTERNAL_SERVER_ERROR))
}
