//! The application: routes and what they share, as one service.

mod body;
mod check;
mod coding;
mod cors;
#[cfg(feature = "postgres")]
mod databases;
mod dispatch;
mod exit;
mod group;
mod home;
mod hooks;
mod invoke_mode;
mod layers;
mod listeners;
mod observed;
mod request_hooks;

pub use cors::{AnyOrigin, Cors, OriginList, Origins};
pub(crate) use dispatch::{Bound, Call, Failed, Interrupted, Together};
pub use exit::Exit;
pub use group::Group;
pub(crate) use hooks::SHUTDOWN;
pub use hooks::{HookOutcome, Lifecycle};
pub use invoke_mode::InvokeMode;
pub use request_hooks::{BeforeOutcome, MatchedRequest};

use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::Bytes;

use crate::auth::Authorizer;
use crate::error::BoxError;
use crate::error::wire::ErrorFormat;
use crate::metrics::Metrics;
use crate::middleware::Next;
use crate::request::{Incoming, IncomingBody, Shared};
use crate::response::{Body, Response};
use crate::route::{Route, RouteTable};
use crate::router::Router;

/// The default of [`App::body_limit`]: 1 MiB.
const BODY_LIMIT: usize = 1_048_576;

/// An application: the routes and what their handlers share.
///
/// [`run`](Self::run) serves it wherever the program finds itself. It is also a
/// [`tower::Service`] of `http::Request`, so that layers, tests and other hosts use the same object.
///
/// # Example
///
/// ```no_run
/// use povery::prelude::*;
///
/// #[povery::route(GET, "/hello/<name>")]
/// async fn hello(name: String) -> String {
///     format!("Hello {name}")
/// }
///
/// fn main() -> povery::Exit {
///     App::new().routes(povery::routes![hello]).run()
/// }
/// ```
#[derive(Clone)]
pub struct App {
    pub(crate) inner: Arc<Inner>,
}

#[derive(Clone)]
pub(crate) struct Inner {
    pub(crate) router: Router,
    pub(crate) shared: Arc<Shared>,
    pub(crate) body_limit: usize,
    pub(crate) error_format: ErrorFormat,
    pub(crate) invoke_mode: InvokeMode,
    cors: Option<Arc<cors::Policy>>,
    #[cfg(feature = "compression")]
    pub(crate) compression: bool,
    pub(crate) hooks: Vec<hooks::Hook>,
    /// Around all of it; `None` where there are none.
    layers: Option<Next>,
    around: request_hooks::RequestHooks,
    /// A sentence for each thing of a group that cannot be.
    mistakes: Vec<String>,
    pub(crate) listeners: listeners::Listeners,
    pub(crate) authorizer: Option<Authorizer>,
    pub(crate) metrics: Option<Metrics>,
    #[cfg(feature = "opentelemetry")]
    pub(crate) telemetry: Option<crate::telemetry::Telemetry>,
    secret_names: Vec<String>,
    #[cfg(feature = "postgres")]
    pub(crate) pools: Arc<crate::db::Pools>,
    #[cfg(feature = "postgres")]
    pub(crate) migrations: Migrations,
    #[cfg(feature = "postgres")]
    pub(crate) idempotency: crate::idempotency::IdempotencyOptions,
}

/// The migrations of each database that has any, by its name.
#[cfg(feature = "postgres")]
pub(crate) type Migrations =
    std::collections::BTreeMap<&'static str, &'static sqlx::migrate::Migrator>;

impl Default for App {
    fn default() -> Self {
        Self::new()
    }
}

impl App {
    /// An application without routes.
    pub fn new() -> Self {
        Self {
            inner: Arc::new(Inner {
                router: Router::default(),
                shared: Arc::default(),
                body_limit: BODY_LIMIT,
                error_format: ErrorFormat::default(),
                invoke_mode: InvokeMode::default(),
                cors: None,
                #[cfg(feature = "compression")]
                compression: false,
                hooks: Vec::new(),
                layers: None,
                around: request_hooks::RequestHooks::default(),
                mistakes: Vec::new(),
                listeners: listeners::Listeners::default(),
                authorizer: None,
                metrics: None,
                #[cfg(feature = "opentelemetry")]
                telemetry: None,
                secret_names: Vec::new(),
                #[cfg(feature = "postgres")]
                pools: Arc::default(),
                #[cfg(feature = "postgres")]
                migrations: Migrations::new(),
                #[cfg(feature = "postgres")]
                idempotency: crate::idempotency::IdempotencyOptions::new(),
            }),
        }
    }

    /// Adds the routes that [`routes!`](crate::routes!) lists. May be called again for further
    /// tables; routes that conflict are reported, all at once, when the application starts.
    #[must_use]
    pub fn routes(mut self, table: RouteTable) -> Self {
        self.inner_mut().router.add(table);
        self.take_databases();
        self
    }

    /// Shares a value with the handlers, which take it as [`State<T>`](crate::State). A second value
    /// of the same type replaces the first.
    #[must_use]
    pub fn state<T: Send + Sync + 'static>(mut self, value: T) -> Self {
        Arc::make_mut(&mut self.inner_mut().shared).insert(value);
        self
    }

    /// The largest body that is read, in bytes; a larger one is a 413. 1 048 576 unless set.
    ///
    /// A route may have a limit of its own: `#[povery::route(POST, "/photos", body_limit = 5_000_000)]`.
    /// Either holds for the bytes as they were sent and, with the feature `gzip`, for what they are decoded
    /// to. Gateways have limits too: see [the front door](crate::docs::front_door).
    #[must_use]
    pub fn body_limit(mut self, bytes: usize) -> Self {
        self.inner_mut().body_limit = bytes;
        self
    }

    /// Answers errors as `application/problem+json` (RFC 9457).
    #[must_use]
    pub fn problem_json(mut self) -> Self {
        self.inner_mut().error_format = ErrorFormat::Problem;
        self
    }

    /// How the gateways before the function invoke it; [`InvokeMode::Buffered`] unless set. It must say what
    /// the deployment says: see [the guide](crate::docs::front_door#streaming).
    #[must_use]
    pub fn invoke_mode(mut self, mode: InvokeMode) -> Self {
        self.inner_mut().invoke_mode = mode;
        self
    }

    /// Lets pages of other origins call the application; none may unless it is set. See [`Cors`].
    #[must_use]
    pub fn cors<O: Origins>(mut self, cors: Cors<O>) -> Self {
        self.inner_mut().cors = Some(Arc::new(cors.into_policy()));
        self
    }

    /// Compresses answers as `Accept-Encoding` asks for: gzip, and with the feature `compression-br` Brotli.
    ///
    /// Compressed are text, JSON, XML, JavaScript and the like of 1 024 bytes or more, errors too, and streams
    /// of these types chunk by chunk; not what has a `Content-Encoding`, is part of a range, is an event
    /// stream, or forbids it by `Cache-Control: no-transform`. Such answers vary by `Accept-Encoding`, and a
    /// strong `ETag` becomes a weak one. A REST API needs `binaryMediaTypes` to pass them on: see
    /// [the guide](crate::docs::front_door#body).
    ///
    /// An answer that has both a secret and what the caller sent tells its length to whoever can watch the
    /// wire (the attack is known as BREACH): give such ones `no-transform`.
    #[cfg(feature = "compression")]
    #[must_use]
    pub fn compression(mut self) -> Self {
        self.inner_mut().compression = true;
        self
    }

    /// Where the application learns who calls. With one, every route that is not `public` is closed to callers without an
    /// identity: see [the guide](crate::docs::authorization).
    ///
    /// # Example
    ///
    /// ```
    /// use povery::prelude::*;
    /// use povery::Authorizer;
    ///
    /// let app = App::new().authorizer(Authorizer::gateway().role_claim("custom:roles"));
    /// ```
    #[must_use]
    pub fn authorizer(mut self, authorizer: Authorizer) -> Self {
        self.inner_mut().authorizer = Some(authorizer);
        self
    }

    /// The routes, in the order of their listing.
    pub fn route_table(&self) -> &[Route] {
        self.inner.router.routes()
    }

    /// Whether it answers what browsers ask ahead of requests to other origins.
    #[cfg(feature = "local")]
    pub(crate) fn answers_preflights(&self) -> bool {
        self.inner.cors.is_some()
    }

    /// Tells the pools which databases there are to be.
    fn take_databases(&mut self) {
        #[cfg(feature = "postgres")]
        {
            let names = self.databases();
            self.inner_mut().pools.set_taken(names);
        }
    }

    /// Answers a request of a host that needs no `tower::Service`.
    pub(crate) async fn answer<B: IncomingBody>(&self, request: Incoming<B>) -> Response {
        dispatch::dispatch(&self.inner, request).await
    }

    fn inner_mut(&mut self) -> &mut Inner {
        Arc::make_mut(&mut self.inner)
    }
}

impl std::fmt::Debug for App {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("App")
            .field("routes", &self.route_table())
            .finish_non_exhaustive()
    }
}

impl<B> tower::Service<http::Request<B>> for App
where
    B: http_body::Body<Data: Into<Bytes>, Error: Into<BoxError>> + Send + 'static,
{
    type Response = Response;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<http::Response<Body>, Infallible>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: http::Request<B>) -> Self::Future {
        #[cfg(feature = "lambda_http")]
        let request = crate::lambda::interop::adopted(request);
        let inner = Arc::clone(&self.inner);
        Box::pin(async move { Ok(dispatch::dispatch(&inner, request.into()).await) })
    }
}
