//! A fake Secrets Manager with one secret: it rotates, and fails, as a test says.

mod extension;

pub use extension::{Caching, FakeExtension};

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use http::{Request, Response, StatusCode};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::{JoinHandle, JoinSet};
use uuid::Uuid;

/// What it makes of a request for the secret.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Manner {
    /// It gives the version that is asked for.
    #[default]
    Well,
    /// A 500.
    Failing,
    /// `ThrottlingException`.
    Throttling,
    /// No answer, ever.
    Hanging,
    /// `ResourceNotFoundException`.
    Deleted,
    /// `AccessDeniedException`.
    Denied,
    /// The connection breaks.
    Breaking,
}

/// A server on a free port of 127.0.0.1. It ends when dropped.
#[derive(Debug)]
pub struct FakeSecrets {
    address: SocketAddr,
    state: Arc<Mutex<State>>,
    /// Each change ends the connections that are there.
    cut: watch::Sender<()>,
    server: JoinHandle<()>,
}

#[derive(Debug)]
struct State {
    manner: Manner,
    current: Version,
    pending: Option<Version>,
    /// The stages that were asked for, in order.
    asked: Vec<String>,
}

#[derive(Clone, Debug)]
struct Version {
    id: String,
    text: String,
}

impl Version {
    fn new(text: impl Into<String>) -> Self {
        Self {
            id: Uuid::new_v4().to_string(),
            text: text.into(),
        }
    }
}

impl FakeSecrets {
    /// The id of its secret.
    pub const ID: &'static str = "faults/database";

    /// Starts it with that text as the current version.
    ///
    /// # Panics
    /// If no port can be had.
    pub async fn start(text: impl Into<String>) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await;
        let listener = listener.expect("127.0.0.1 has a free port");
        let address = listener
            .local_addr()
            .expect("a bound socket has an address");
        let state = Arc::new(Mutex::new(State {
            manner: Manner::Well,
            current: Version::new(text),
            pending: None,
            asked: Vec::new(),
        }));
        let cut = watch::Sender::new(());
        let server = tokio::spawn(serve(listener, Arc::clone(&state), cut.clone()));
        Self {
            address,
            state,
            cut,
            server,
        }
    }

    /// What a function's environment needs to use it.
    #[must_use]
    pub fn environment(&self) -> [(&'static str, String); 6] {
        [
            ("AWS_ENDPOINT_URL", format!("http://{}", self.address)),
            ("AWS_REGION", "eu-central-1".into()),
            ("AWS_ACCESS_KEY_ID", "test".into()),
            // Searched for in all that a function says, as the password is.
            ("AWS_SECRET_ACCESS_KEY", "cAn4ry-of-the-key".into()),
            ("AWS_SESSION_TOKEN", "cAn4ry-of-the-session".into()),
            ("DB_SECRET_ID", Self::ID.into()),
        ]
    }

    /// Sets what it makes of requests.
    pub fn set(&self, manner: Manner) {
        lock(&self.state).manner = manner;
    }

    /// Gives the secret another current text, at once.
    pub fn put(&self, text: impl Into<String>) {
        lock(&self.state).current = Version::new(text);
    }

    /// Begins a rotation: that text becomes the pending version.
    pub fn begin_rotation(&self, text: impl Into<String>) {
        lock(&self.state).pending = Some(Version::new(text));
    }

    /// Ends a rotation: the pending version becomes the current one.
    pub fn finish_rotation(&self) {
        let mut state = lock(&self.state);
        if let Some(pending) = state.pending.take() {
            state.current = pending;
        }
    }

    /// Ends the connections that clients keep.
    pub fn close_connections(&self) {
        self.cut.send_replace(());
    }

    /// How often the secret was asked for, whatever came of it.
    #[must_use]
    pub fn asked(&self) -> usize {
        lock(&self.state).asked.len()
    }

    /// How often that stage was asked for.
    #[must_use]
    pub fn asked_for(&self, stage: &str) -> usize {
        let state = lock(&self.state);
        state.asked.iter().filter(|asked| *asked == stage).count()
    }
}

impl Drop for FakeSecrets {
    fn drop(&mut self) {
        self.server.abort();
    }
}

fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Accepts connections; they end with this task.
async fn serve(listener: TcpListener, state: Arc<Mutex<State>>, cut: watch::Sender<()>) {
    let mut connections = JoinSet::new();
    while let Ok((stream, _)) = listener.accept().await {
        while connections.try_join_next().is_some() {}
        let state = Arc::clone(&state);
        let service = service_fn(move |request| answer(Arc::clone(&state), request));
        let mut cut = cut.subscribe();
        connections.spawn(async move {
            let served = http1::Builder::new().serve_connection(TokioIo::new(stream), service);
            // A client that leaves, and a connection that is to break, are no errors of this server's.
            tokio::select! {
                _ = served => {}
                _ = cut.changed() => {}
            }
        });
    }
}

async fn answer(
    state: Arc<Mutex<State>>,
    request: Request<Incoming>,
) -> Result<Response<Full<Bytes>>, std::io::Error> {
    let target = request.headers().get("x-amz-target").cloned();
    let body = request.into_body().collect().await;
    let body = body.map_err(std::io::Error::other)?.to_bytes();
    if target.is_none_or(|target| target != "secretsmanager.GetSecretValue") {
        return Ok(failure(400, "InvalidAction"));
    }
    let request: Value = serde_json::from_slice(&body).unwrap_or_default();
    if request["SecretId"] != FakeSecrets::ID {
        return Ok(failure(400, "ResourceNotFoundException"));
    }
    let stage = request["VersionStage"].as_str().unwrap_or("AWSCURRENT");
    let (manner, version) = {
        let mut state = lock(&state);
        state.asked.push(stage.to_owned());
        let version = match stage {
            "AWSCURRENT" => Some(state.current.clone()),
            "AWSPENDING" => state.pending.clone(),
            _ => None,
        };
        (state.manner, version)
    };
    Ok(match (manner, version) {
        (Manner::Well, Some(version)) => given(stage, &version),
        (Manner::Well, None) | (Manner::Deleted, _) => failure(400, "ResourceNotFoundException"),
        (Manner::Failing, _) => failure(500, "InternalServiceError"),
        (Manner::Throttling, _) => failure(400, "ThrottlingException"),
        (Manner::Denied, _) => failure(400, "AccessDeniedException"),
        (Manner::Hanging, _) => std::future::pending().await,
        (Manner::Breaking, _) => return Err(std::io::ErrorKind::ConnectionAborted.into()),
    })
}

fn given(stage: &str, version: &Version) -> Response<Full<Bytes>> {
    let document = json!({
        "ARN": format!("arn:aws:secretsmanager:eu-central-1:000000000000:secret:{}", FakeSecrets::ID),
        "Name": FakeSecrets::ID,
        "VersionId": version.id,
        "SecretString": version.text,
        "VersionStages": [stage],
        "CreatedDate": 1_767_225_600,
    });
    response(StatusCode::OK, &document)
}

fn failure(status: u16, kind: &str) -> Response<Full<Bytes>> {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    response(
        status,
        &json!({"__type": kind, "Message": "as the test says"}),
    )
}

fn response(status: StatusCode, document: &Value) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(document.to_string().into()));
    *response.status_mut() = status;
    let json = http::HeaderValue::from_static("application/x-amz-json-1.1");
    response
        .headers_mut()
        .insert(http::header::CONTENT_TYPE, json);
    response
}

#[cfg(test)]
mod tests;
