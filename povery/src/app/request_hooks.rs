//! Hooks around every request that has a route.

use std::fmt;
use std::panic::{AssertUnwindSafe, Location};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use futures_util::FutureExt;
use http::{HeaderMap, Method, Uri};
use tokio::time::{Instant as TokioInstant, timeout_at};

use super::App;
use super::dispatch::panic_text;
use super::hooks::HookOutcome;
use crate::auth::User;
use crate::error::{BoxError, HttpError, PoveryError, chain};
use crate::request::{Deadline, RequestId};
use crate::response::Response;
use crate::route::MatchedRoute;

/// A request whose route is found and whose caller may call it, as it came: what hooks are told. A clone is cheap.
#[derive(Clone)]
pub struct MatchedRequest(Arc<Details>);

pub(super) struct Details {
    pub(super) route: MatchedRoute,
    pub(super) method: Method,
    pub(super) uri: Uri,
    pub(super) headers: HeaderMap,
    pub(super) id: RequestId,
    pub(super) deadline: Deadline,
    pub(super) user: Option<User>,
    pub(super) begun: Instant,
    /// How many of the hooks after it were begun.
    pub(super) told: AtomicUsize,
}

impl MatchedRequest {
    pub(super) fn new(details: Details) -> Self {
        Self(Arc::new(details))
    }

    /// The route.
    pub fn route(&self) -> &MatchedRoute {
        &self.0.route
    }

    /// The method of the request, which may be HEAD where the route's is GET.
    pub fn method(&self) -> &Method {
        &self.0.method
    }

    /// The target; it is the caller's text, [`route`](Self::route) is not.
    pub fn uri(&self) -> &Uri {
        &self.0.uri
    }

    /// The headers.
    pub fn headers(&self) -> &HeaderMap {
        &self.0.headers
    }

    /// The id under which the request is logged.
    pub fn id(&self) -> &RequestId {
        &self.0.id
    }

    /// When the invocation ends at the latest: [`Deadline::NONE`] outside Lambda.
    pub fn deadline(&self) -> Deadline {
        self.0.deadline
    }

    /// Who calls, where the application has an [`Authorizer`](crate::Authorizer) and the route asks.
    pub fn user(&self) -> Option<&User> {
        self.0.user.as_ref()
    }

    /// The time since the route was found.
    pub fn elapsed(&self) -> Duration {
        self.0.begun.elapsed()
    }
}

/// Without what the caller has sent.
impl fmt::Debug for MatchedRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MatchedRequest")
            .field("route", &self.0.route)
            .field("id", &self.0.id)
            .finish_non_exhaustive()
    }
}

/// What a hook before a request may return: nothing, or a `Result` of it.
#[diagnostic::on_unimplemented(
    message = "a hook before a request returns nothing or a `Result<(), E>`, not `{Self}`",
    label = "this hook returns something else",
    note = "`E` has an HTTP answer: `PoveryError`, or a type with `#[derive(povery::HttpError)]`"
)]
pub trait BeforeOutcome {
    /// Whether the request is to go on.
    ///
    /// # Errors
    ///
    /// The answer, where it is not.
    fn into_result(self) -> Result<(), PoveryError>;
}

impl BeforeOutcome for () {
    fn into_result(self) -> Result<(), PoveryError> {
        Ok(())
    }
}

impl<E: HttpError> BeforeOutcome for Result<(), E> {
    fn into_result(self) -> Result<(), PoveryError> {
        self.map_err(HttpError::into_povery_error)
    }
}

type Running<E> = Pin<Box<dyn Future<Output = Result<(), E>> + Send>>;
type Before = Arc<dyn Fn(&MatchedRequest) -> Running<PoveryError> + Send + Sync>;

type Start = dyn Fn(&MatchedRequest, &mut Response) -> Running<BoxError> + Send + Sync;

#[derive(Clone)]
struct After {
    site: &'static Location<'static>,
    start: Arc<Start>,
}

/// The hooks around requests, in the order of their registration.
#[derive(Clone, Default)]
pub(crate) struct RequestHooks {
    before: Vec<Before>,
    after: Vec<After>,
}

impl App {
    /// Calls `hook` before every request that has a route and may call it: before its body is read, and outside of the
    /// layers of the route. Hooks run in the order of their registration.
    ///
    /// An error is the answer: no further hook runs before the request, nor its handler. The closure has what it is told
    /// for the moment; its future takes a clone along.
    ///
    /// # Example
    ///
    /// ```
    /// use povery::prelude::*;
    /// use povery::MatchedRequest;
    ///
    /// let app = App::new().before(|request: &MatchedRequest| {
    ///     let request = request.clone();
    ///     async move {
    ///         if request.route().is_deprecated() && request.headers().contains_key("x-strict") {
    ///             return Err(PoveryError::gone("This will be gone soon"));
    ///         }
    ///         Ok(())
    ///     }
    /// });
    /// ```
    #[must_use]
    pub fn before<F, R>(mut self, hook: F) -> Self
    where
        F: Fn(&MatchedRequest) -> R + Send + Sync + 'static,
        R: Future<Output: BeforeOutcome> + Send + 'static,
    {
        let start = move |request: &MatchedRequest| -> Running<PoveryError> {
            let work = hook(request);
            Box::pin(async { work.await.into_result() })
        };
        self.inner_mut().around.before.push(Arc::new(start));
        self
    }

    /// Calls `hook` after every request before which those of [`before`](Self::before) were begun, or would have been:
    /// whatever became of it, also where a hook has refused it, and where its handler failed, panicked or took too long.
    /// Hooks run in the reverse order of their registration, one after the other, and the answer waits for them.
    ///
    /// The closure may change the answer, as far as the layers of the application let it out; its transaction has ended.
    /// The future may send what was gathered, and has no part in the answer. A hook that fails or panics is logged. Where
    /// the invocation is about to end there are some 25 ms for all; each is begun all the same.
    ///
    /// # Example
    ///
    /// ```
    /// use povery::prelude::*;
    /// use povery::{HeaderValue, MatchedRequest, Response};
    ///
    /// let app = App::new().after(|request: &MatchedRequest, response: &mut Response| {
    ///     let millis = request.elapsed().as_millis();
    ///     if let Ok(value) = HeaderValue::from_str(&format!("app;dur={millis}")) {
    ///         response.headers_mut().insert("server-timing", value);
    ///     }
    ///     async {}
    /// });
    /// ```
    #[must_use]
    #[track_caller]
    pub fn after<F, R>(mut self, hook: F) -> Self
    where
        F: Fn(&MatchedRequest, &mut Response) -> R + Send + Sync + 'static,
        R: Future<Output: HookOutcome> + Send + 'static,
    {
        let start = move |request: &MatchedRequest, response: &mut Response| -> Running<BoxError> {
            let work = hook(request, response);
            Box::pin(async { work.await.into_result() })
        };
        self.inner_mut().around.after.push(After {
            site: Location::caller(),
            start: Arc::new(start),
        });
        self
    }
}

impl RequestHooks {
    pub(super) fn is_empty(&self) -> bool {
        self.before.is_empty() && self.after.is_empty()
    }

    /// Runs those before the request. The first that refuses it is the last.
    ///
    /// # Errors
    ///
    /// The refusal.
    pub(super) async fn run_before(&self, request: &MatchedRequest) -> Result<(), PoveryError> {
        for hook in &self.before {
            hook(request).await?;
        }
        Ok(())
    }

    /// Runs those after the request that were not begun yet: a layer may drop it in the midst of them. Each is begun, also
    /// when the time of all is up.
    pub(super) async fn run_after(
        &self,
        request: &MatchedRequest,
        response: &mut Response,
        until: Option<TokioInstant>,
    ) {
        let next = || request.0.told.fetch_add(1, Ordering::Relaxed);
        while let Some(hook) = self.after.iter().rev().nth(next()) {
            // Begun, ended, told of and dropped in here, wherever it panics.
            let work = async {
                let work = (hook.start)(request, response);
                match until {
                    None => failure(Some(work.await)),
                    Some(until) => failure(timeout_at(until, work).await.ok()),
                }
            };
            let failure = AssertUnwindSafe(work).catch_unwind().await;
            let failure =
                failure.unwrap_or_else(|panic| Some(format!("panicked: {}", panic_text(panic))));
            if let Some(reason) = failure {
                let (request_id, route) = (request.id().as_str(), request.route().path());
                let (file, line) = (hook.site.file(), hook.site.line());
                tracing::error!(
                    request_id,
                    route,
                    "the hook after the request ({file}:{line}) {reason}"
                );
            }
        }
    }
}

/// Why a hook has not done its work; its outcome is `None` where its time was up.
fn failure(outcome: Option<Result<(), BoxError>>) -> Option<String> {
    match outcome {
        Some(Ok(())) => None,
        Some(Err(error)) => {
            let chain = chain(error.as_ref()).replace(['\n', '\r'], " ");
            Some(format!("failed: {chain}"))
        }
        None => Some("had not ended when its time was up".to_owned()),
    }
}
