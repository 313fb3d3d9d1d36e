//! The AWS Parameters and Secrets extension before a fake Secrets Manager: a cache of its secret.

use std::convert::Infallible;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use http::{Request, Response, StatusCode};
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use serde_json::json;
use tokio::net::TcpListener;
use tokio::task::{JoinHandle, JoinSet};

use super::{FakeSecrets, State, Version, given, lock, response};

/// What it makes of a request.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Caching {
    /// It gives what it has, and asks for it anew when it is told to.
    #[default]
    Well,
    /// It gives what it has, whatever it is told, as older versions do.
    Stubborn,
    /// It is not ready, as while a function starts.
    NotReady,
    /// No answer, ever.
    Hanging,
}

/// A server on a free port of 127.0.0.1. It ends when dropped.
#[derive(Debug)]
pub struct FakeExtension {
    address: SocketAddr,
    cache: Arc<Mutex<Cache>>,
    server: JoinHandle<()>,
}

#[derive(Debug, Default)]
struct Cache {
    manner: Caching,
    version: Option<Version>,
    answered: usize,
}

impl FakeExtension {
    /// The session token of functions, which it wants to see.
    const TOKEN: &'static str = "cAn4ry-of-the-extension";

    /// Starts one that has the secret from there.
    ///
    /// # Panics
    /// If no port can be had.
    pub async fn before(secrets: &FakeSecrets) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await;
        let listener = listener.expect("127.0.0.1 has a free port");
        let address = listener.local_addr();
        let cache = Arc::<Mutex<Cache>>::default();
        let server = serve(listener, Arc::clone(&secrets.state), Arc::clone(&cache));
        Self {
            address: address.expect("a bound socket has an address"),
            cache,
            server: tokio::spawn(server),
        }
    }

    /// What a function's environment needs to use it, beside what Secrets Manager does.
    #[must_use]
    pub fn environment(&self) -> [(&'static str, String); 2] {
        let port = self.address.port().to_string();
        [
            ("PARAMETERS_SECRETS_EXTENSION_HTTP_PORT", port),
            ("AWS_SESSION_TOKEN", Self::TOKEN.into()),
        ]
    }

    /// Sets what it makes of requests.
    pub fn set(&self, manner: Caching) {
        self.cache().manner = manner;
    }

    /// How often it gave the secret.
    #[must_use]
    pub fn answered(&self) -> usize {
        self.cache().answered
    }

    /// Ends it: nothing listens there any longer.
    pub fn end(&self) {
        self.server.abort();
    }

    fn cache(&self) -> std::sync::MutexGuard<'_, Cache> {
        self.cache.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for FakeExtension {
    fn drop(&mut self) {
        self.end();
    }
}

async fn serve(listener: TcpListener, state: Arc<Mutex<State>>, cache: Arc<Mutex<Cache>>) {
    let mut connections = JoinSet::new();
    while let Ok((stream, _)) = listener.accept().await {
        while connections.try_join_next().is_some() {}
        let (state, cache) = (Arc::clone(&state), Arc::clone(&cache));
        let service =
            service_fn(move |request| answer(Arc::clone(&state), Arc::clone(&cache), request));
        // A client that leaves is no error of this server's.
        connections.spawn(async move {
            let _ = http1::Builder::new()
                .serve_connection(TokioIo::new(stream), service)
                .await;
        });
    }
}

async fn answer(
    state: Arc<Mutex<State>>,
    cache: Arc<Mutex<Cache>>,
    request: Request<Incoming>,
) -> Result<Response<Full<Bytes>>, Infallible> {
    let refused = |status, text: &str| Ok(response(status, &json!({ "message": text })));
    let token = request.headers().get("x-aws-parameters-secrets-token");
    if token.is_none_or(|token| token != FakeExtension::TOKEN) {
        return refused(StatusCode::UNAUTHORIZED, "not authorized");
    }
    let query = request.uri().query().unwrap_or_default();
    let id = format!("secretId={}", FakeSecrets::ID.replace('/', "%2F"));
    if request.uri().path() != "/secretsmanager/get" || !query.contains(&id) {
        return refused(StatusCode::BAD_REQUEST, "no such secret");
    }
    let manner = cache.lock().unwrap_or_else(PoisonError::into_inner).manner;
    match manner {
        Caching::NotReady => {
            return refused(
                StatusCode::BAD_REQUEST,
                "not ready to serve traffic, please wait",
            );
        }
        Caching::Hanging => std::future::pending().await,
        Caching::Well | Caching::Stubborn => {}
    }
    let mut cache = cache.lock().unwrap_or_else(PoisonError::into_inner);
    if manner == Caching::Well && query.contains("refreshNow=true") {
        cache.version = None;
    }
    let version = cache
        .version
        .get_or_insert_with(|| lock(&state).current.clone())
        .clone();
    cache.answered += 1;
    Ok(given("AWSCURRENT", &version))
}
