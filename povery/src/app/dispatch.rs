//! One request to one response. Knows no AWS.

mod bound;
mod call;
#[cfg(feature = "compression")]
mod compressed;
mod databases;
mod framing;
mod layered;
mod matched;
#[cfg(feature = "postgres")]
mod once;
mod streamed;

pub(crate) use bound::Bound;
pub(crate) use call::{Call, Failed, call};
use databases::Databases;
pub(crate) use databases::Together;
pub(crate) use streamed::Interrupted;

use std::any::Any;
use std::future::poll_fn;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use framing::finish;
use futures_util::FutureExt;
use futures_util::future::Either;
use http::{HeaderValue, Method, header};
use streamed::guarded;
use tokio::time::{Instant as TokioInstant, timeout_at};
use tracing::Span;
use tracing::field::{Empty, display};

use super::Inner;
use super::request_hooks::MatchedRequest;
use crate::error::{BoxError, PoveryError, wire};
use crate::observation::{Observation, Subject, Told};
use crate::request::{Head, Incoming, RequestId, path};
use crate::response::{Body, Response};
use crate::route::{Caller, Route};
use crate::router::Found;

/// Answers a request; a failure of any kind is an answer too, and a 5xx is logged in one line.
pub(crate) async fn dispatch<B>(app: &Arc<Inner>, mut request: Incoming<B>) -> Response
where
    B: http_body::Body<Data: Into<Bytes>, Error: Into<BoxError>> + Send + 'static,
{
    let asked = Asked::of(&mut request.head);
    let (observation, span) = (Arc::clone(&asked.observation), asked.span.clone());
    // In its place: it is large, and each wrapper around it would move it once more.
    let mut response = pin!(dispatched(app, request, asked));
    poll_fn(|cx| {
        let _entered = span.enter();
        observation.within(|| response.as_mut().poll(cx))
    })
    .await
}

async fn dispatched<B>(app: &Arc<Inner>, request: Incoming<B>, asked: Asked) -> Response
where
    B: http_body::Body<Data: Into<Bytes>, Error: Into<BoxError>> + Send + 'static,
{
    let head = &request.head;
    let deadline = head.host.deadline.instant();
    let underway = Underway {
        asked,
        bound: deadline.map(Bound::before),
        databases: Databases::new(app, deadline),
        unfinished: (app.layers.is_some() && !app.around.is_empty()).then(Arc::default),
    };
    let cors = app.cors.as_deref();
    let cors = cors.map(|cors| (cors, cors.asked(&head.headers)));
    // A panic must not take the next invocation with it, wherever the application's code runs: the handler,
    // what it leaves to be dropped, and the text of its errors.
    let response = AssertUnwindSafe(respond(app, request, &underway)).catch_unwind();
    let response = response.await;
    let Underway {
        asked,
        bound,
        databases,
        ..
    } = underway;
    let mut response = match response {
        Ok(response) => response,
        Err(panic) => {
            let answer = databases.end(Err(panicked(panic))).await;
            let mut response = answer.unwrap_or_else(|error| failed(app, &asked, error));
            finish(&mut response, asked.is_head());
            response
        }
    };
    if let Some((cors, asked)) = cors {
        cors.apply(&asked, &mut response);
    }
    if response.body().as_bytes().is_some() {
        return response;
    }
    response.map(|body| guarded(body, asked, bound))
}

/// A request as logs name it.
#[derive(Clone)]
struct Asked {
    observation: Arc<Observation>,
    /// Around all that is done for it.
    span: Span,
}

impl Asked {
    fn of(head: &mut Head) -> Self {
        let host = &mut head.host;
        let observation = host.observation.take().unwrap_or_else(|| {
            let id = host.id.take().unwrap_or_else(RequestId::random);
            Arc::new(Observation::new(id, host.lambda.clone()))
        });
        observation.asks(&head.method, &head.uri);
        let span = tracing::info_span!(
            "request",
            request_id = observation.id().as_str(),
            trace_id = observation.trace_id(),
            method = head.method.as_str(),
            route = Empty,
        );
        Self { observation, span }
    }

    /// Notes the route that answers it.
    fn is_for(&self, route: &Route) {
        self.span.record("route", route.path());
        self.observation.is_for(Subject::Route(route.shared_path()));
    }

    fn id(&self) -> &RequestId {
        self.observation.id()
    }

    fn method(&self) -> Option<&Method> {
        let (method, _) = self.observation.asked()?;
        Some(method)
    }

    /// As it was sent: encoded, so that no character in it can break a line.
    fn path(&self) -> Option<&str> {
        let (_, uri) = self.observation.asked()?;
        Some(uri.path())
    }

    fn is_head(&self) -> bool {
        self.method() == Some(&Method::HEAD)
    }
}

/// A request from its beginning to its answer.
#[derive(Clone)]
struct Underway {
    asked: Asked,
    bound: Option<Bound>,
    databases: Databases,
    /// What hooks are to be told after it. A layer of the application may drop it before they are; without such
    /// layers there is no need for this.
    unfinished: Option<Arc<Mutex<Option<MatchedRequest>>>>,
}

impl Underway {
    /// From now on hooks are to run after it.
    fn begin(&self, request: &MatchedRequest) {
        if let Some(unfinished) = &self.unfinished {
            let mut unfinished = unfinished.lock().unwrap_or_else(PoisonError::into_inner);
            *unfinished = Some(request.clone());
        }
    }

    fn take_unfinished(&self) -> Option<MatchedRequest> {
        let unfinished = self.unfinished.as_deref()?.lock();
        unfinished.unwrap_or_else(PoisonError::into_inner).take()
    }
}

async fn respond<B>(app: &Arc<Inner>, request: Incoming<B>, underway: &Underway) -> Response
where
    B: http_body::Body<Data: Into<Bytes>, Error: Into<BoxError>> + Send + 'static,
{
    #[cfg(feature = "compression")]
    let accepted = app
        .compression
        .then(|| compressed::Accepted::of(request.head.headers.get()));
    let mut response = match &app.layers {
        None => answered(app, request, underway).await,
        Some(layers) => Box::pin(layered::application(app, layers, request, underway)).await,
    };
    #[cfg(feature = "compression")]
    if let Some(accepted) = accepted {
        let compressed = accepted.apply(response).await;
        response = compressed.unwrap_or_else(|error| failed(app, &underway.asked, error));
    }
    finish(&mut response, underway.asked.is_head());
    response
}

/// What the layers of the application stand around.
async fn answered<B>(app: &Arc<Inner>, request: Incoming<B>, underway: &Underway) -> Response
where
    B: http_body::Body<Data: Into<Bytes>, Error: Into<BoxError>> + Send + 'static,
{
    let answer = answer(app, request, underway).await;
    answer.unwrap_or_else(|error| failed(app, &underway.asked, error))
}

// What follows is no `async fn`: that has room for a future that it is given twice, once as an argument.

/// What a handler answers within its bound, once its transaction has ended.
fn settled(
    answer: impl Future<Output = Result<Response, PoveryError>>,
    bound: Option<Bound>,
    databases: &Databases,
) -> impl Future<Output = Result<Response, PoveryError>> {
    within(bound.map(Bound::end), answer).then(|answer| databases.end(answer))
}

/// What comes of the work by then; it is dropped where it takes longer.
fn within<T>(
    end: Option<TokioInstant>,
    work: impl Future<Output = Result<T, PoveryError>>,
) -> impl Future<Output = Result<T, PoveryError>> {
    let late = |_| Err(PoveryError::timeout("The request took too long"));
    match end {
        Some(end) => Either::Left(timeout_at(end, work).map(move |done| done.unwrap_or_else(late))),
        None => Either::Right(work),
    }
}

/// What comes of the application's own code. A panic of it, or of the text of its error, is an answer too: what stands
/// around it sees one.
fn caught<T>(
    app: &Inner,
    asked: &Asked,
    who: &str,
    work: impl Future<Output = Result<T, PoveryError>>,
) -> impl Future<Output = Result<T, Box<Response>>> {
    let answer = move |error| Box::new(failed(app, asked, error));
    let work = work.map(move |done| done.map_err(answer));
    AssertUnwindSafe(work).catch_unwind().map(move |done| {
        done.unwrap_or_else(|panic| {
            let text = format!("{who} panicked: {}", panic_text(panic));
            Err(answer(PoveryError::internal(text)))
        })
    })
}

/// What a panic is to the caller.
fn panicked(panic: Box<dyn Any + Send>) -> PoveryError {
    let text = panic_text(panic);
    PoveryError::internal(format!("the handler panicked: {text}"))
}

/// The answer to a failure.
fn failed(app: &Inner, asked: &Asked, error: PoveryError) -> Response {
    let request_id = asked.id().as_str();
    if error.status().is_server_error() {
        let Told {
            latency_ms,
            cold_start,
            remaining_ms,
        } = asked.observation.tell().unwrap_or_default();
        let (method, path) = (asked.method().map(display), asked.path());
        let (status, chain) = (error.status().as_u16(), error.chain());
        let sqlstate = databases::sqlstate(&error);
        let sqlstate = sqlstate.as_deref();
        tracing::error!(
            request_id,
            method,
            path,
            status,
            sqlstate,
            latency_ms,
            cold_start,
            remaining_ms,
            "{chain}"
        );
    }
    wire::response(&error, app.error_format, request_id).map(Body::from)
}

async fn answer<B>(
    app: &Arc<Inner>,
    request: Incoming<B>,
    underway: &Underway,
) -> Result<Response, PoveryError>
where
    B: http_body::Body<Data: Into<Bytes>, Error: Into<BoxError>> + Send + 'static,
{
    let head = &request.head;
    let path = path::canonical(head.uri.path())?;
    if let Some(cors) = &app.cors {
        let preflight = cors.preflight(&head.method, &head.headers, &app.router, &path);
        if let Some(response) = preflight {
            return Ok(response);
        }
    }
    let found = app.router.find(&head.method, &path);
    let status = found.status();
    let (route, parameters) = match found {
        Found::Route { route, parameters } => (route, parameters),
        Found::Options(allow) => {
            let mut response = Response::new(Body::default());
            *response.status_mut() = status;
            response
                .headers_mut()
                .insert(header::ALLOW, allow_value(&allow)?);
            return Ok(response);
        }
        Found::OtherMethod(allow) => {
            let error = PoveryError::new(status, format!("This path has no {}", head.method));
            return Err(error.with_header(header::ALLOW, allow_value(&allow)?));
        }
        Found::Nothing => return Err(PoveryError::new(status, "Nothing is found at this path")),
    };
    underway.asked.is_for(route);
    let user = match &app.authorizer {
        Some(authorizer) => {
            let admitted = authorizer.admit(route, head);
            within(underway.bound.map(Bound::end), admitted).await?
        }
        // Such an application does not start; one that is called as a service must not be open either.
        None if route.is_protected() || route.caller() == Caller::Required => {
            return Err(PoveryError::forbidden("This route is closed to everyone"));
        }
        None => None,
    };
    let matched = matched::Matched {
        route,
        path,
        parameters,
        user,
    };
    matched::run(app, request, matched, underway).await
}

fn allow_value(methods: &str) -> Result<HeaderValue, PoveryError> {
    HeaderValue::from_str(methods).map_err(PoveryError::internal)
}

/// What a panic says, in one line. The payload is the application's: to drop it may be the next panic.
pub(super) fn panic_text(panic: Box<dyn Any + Send>) -> String {
    let text = panic
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    let text = text
        .unwrap_or("without a message")
        .replace(['\n', '\r'], " ");
    if let Err(next) = catch_unwind(AssertUnwindSafe(|| drop(panic))) {
        std::mem::forget(next);
    }
    text
}

#[cfg(test)]
mod tests;
