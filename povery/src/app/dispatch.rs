//! One request to one response. Knows no AWS.

mod call;
#[cfg(feature = "compression")]
mod compressed;
mod databases;
mod streamed;

pub(crate) use call::{Call, Failed, call};
use databases::Databases;
pub(crate) use databases::Together;
pub(crate) use streamed::Interrupted;

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use futures_util::FutureExt;
use http::{HeaderName, HeaderValue, Method, StatusCode, Uri, header};
use streamed::guarded;
use tokio::time::{Instant as TokioInstant, timeout_at};
use tracing::field::Empty;
use tracing::{Instrument, Span};

use super::{Inner, body};
use crate::error::{BoxError, PoveryError, wire};
use crate::extract::Inputs;
use crate::observation::{Observation, Subject, Told};
use crate::request::{Head, Incoming, Request, RequestId, path};
use crate::response::{Body, Response};
use crate::route::{Caller, Route};
use crate::router::Found;

/// Answers a request; a failure of any kind is an answer too, and a 5xx is logged in one line.
pub(crate) async fn dispatch<B>(app: &Inner, mut request: Incoming<B>) -> Response
where
    B: http_body::Body<Data: Into<Bytes>, Error: Into<BoxError>>,
{
    let asked = Asked::of(&mut request.head);
    let (observation, span) = (Arc::clone(&asked.observation), asked.span.clone());
    let response = observation.around(dispatched(app, request, asked));
    response.instrument(span).await
}

async fn dispatched<B>(app: &Inner, request: Incoming<B>, asked: Asked) -> Response
where
    B: http_body::Body<Data: Into<Bytes>, Error: Into<BoxError>>,
{
    let head = &request.head;
    let deadline = head.host.deadline.instant();
    let bound = deadline.map(Bound::before);
    let databases = Databases::new(app, deadline);
    let cors = app.cors.as_deref();
    let cors = cors.map(|cors| (cors, cors.asked(head.headers.get())));
    // A panic must not take the next invocation with it, wherever the application's code runs: the handler,
    // what it leaves to be dropped, and the text of its errors.
    let response =
        AssertUnwindSafe(respond(app, request, &asked, bound, &databases)).catch_unwind();
    let mut response = match response.await {
        Ok(response) => response,
        Err(panic) => {
            let answer = databases.end(Err(panicked(panic))).await;
            let mut response = answer.unwrap_or_else(|error| failed(app, &asked, error));
            finish(&mut response, &asked.method);
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
struct Asked {
    observation: Arc<Observation>,
    /// Around all that is done for it.
    span: Span,
    method: Method,
    /// As it was sent: encoded, so that no character in it can break a line.
    uri: Uri,
}

impl Asked {
    fn of(head: &mut Head) -> Self {
        let host = &mut head.host;
        let observation = host.observation.take().unwrap_or_else(|| {
            let id = host.id.take().unwrap_or_else(RequestId::random);
            Arc::new(Observation::new(id, host.lambda.as_ref()))
        });
        observation.asks(&head.method, &head.uri);
        let span = tracing::info_span!(
            "request",
            request_id = observation.id().as_str(),
            trace_id = observation.trace_id(),
            method = head.method.as_str(),
            route = Empty,
        );
        Self {
            observation,
            span,
            method: head.method.clone(),
            uri: head.uri.clone(),
        }
    }

    /// Notes the route that answers it.
    fn is_for(&self, route: &Route) {
        self.span.record("route", &*route.path);
        let route = Subject::Route(Arc::clone(&route.path));
        self.observation.is_for(route);
    }

    fn id(&self) -> &RequestId {
        self.observation.id()
    }
}

async fn respond<B>(
    app: &Inner,
    request: Incoming<B>,
    asked: &Asked,
    bound: Option<Bound>,
    databases: &Databases,
) -> Response
where
    B: http_body::Body<Data: Into<Bytes>, Error: Into<BoxError>>,
{
    #[cfg(feature = "compression")]
    let accepted = app
        .compression
        .then(|| compressed::Accepted::of(request.head.headers.get()));
    let answer = answer(app, request, asked, databases);
    let answer = settled(answer, bound, databases).await;
    let mut response = answer.unwrap_or_else(|error| failed(app, asked, error));
    #[cfg(feature = "compression")]
    if let Some(accepted) = accepted {
        let compressed = accepted.apply(response).await;
        response = compressed.unwrap_or_else(|error| failed(app, asked, error));
    }
    finish(&mut response, &asked.method);
    response
}

/// What a handler answers within its bound, once its transaction has ended.
async fn settled(
    answer: impl Future<Output = Result<Response, PoveryError>>,
    bound: Option<Bound>,
    databases: &Databases,
) -> Result<Response, PoveryError> {
    let answer = match bound {
        Some(Bound(end)) => timeout_at(end, answer)
            .await
            .unwrap_or_else(|_| Err(PoveryError::timeout("The request took too long"))),
        None => answer.await,
    };
    databases.end(answer).await
}

/// What a panic is to the caller.
fn panicked(panic: Box<dyn Any + Send>) -> PoveryError {
    let text = panic_text(panic);
    PoveryError::internal(format!("the handler panicked: {text}"))
}

/// The answer to a failure.
fn failed(app: &Inner, asked: &Asked, error: PoveryError) -> Response {
    let Asked { method, uri, .. } = asked;
    let request_id = asked.id().as_str();
    if error.status().is_server_error() {
        let Told {
            latency_ms,
            cold_start,
            remaining_ms,
        } = asked.observation.tell().unwrap_or_default();
        let (path, status, chain) = (uri.path(), error.status().as_u16(), error.chain());
        let sqlstate = databases::sqlstate(&error);
        let sqlstate = sqlstate.as_deref();
        tracing::error!(
            request_id, %method, path, status, sqlstate, latency_ms, cold_start, remaining_ms, "{chain}"
        );
    }
    wire::response(&error, app.error_format, request_id).map(Body::from)
}

/// Takes off what this method, or no application, answers.
fn finish(response: &mut Response, method: &Method) {
    let head = method == Method::HEAD;
    without_framing(response, head);
    if head {
        without_body(response);
    }
}

/// How long before the end of an invocation it is answered: Lambda ends the sandbox at the deadline,
/// and the answer takes its way.
const BEFORE_THE_END: Duration = Duration::from_millis(200);

/// When a request is answered at the latest. What is still under way then is dropped where it waits, and
/// what it has acquired with it.
#[derive(Clone, Copy)]
pub(crate) struct Bound(TokioInstant);

impl Bound {
    pub(crate) fn before(deadline: Instant) -> Self {
        let deadline = TokioInstant::from_std(deadline);
        let left = deadline.saturating_duration_since(TokioInstant::now());
        Self(deadline - BEFORE_THE_END.min(left / 2))
    }

    /// Whether nothing more is to be begun.
    #[cfg(feature = "events")]
    pub(crate) fn has_passed(self) -> bool {
        TokioInstant::now() >= self.0
    }
}

async fn answer<B>(
    app: &Inner,
    request: Incoming<B>,
    asked: &Asked,
    databases: &Databases,
) -> Result<Response, PoveryError>
where
    B: http_body::Body<Data: Into<Bytes>, Error: Into<BoxError>>,
{
    let Incoming { mut head, body } = request;
    let path = path::canonical(head.uri.path())?;
    if let Some(cors) = &app.cors {
        let preflight = cors.preflight(&head.method, head.headers.get(), &app.router, &path);
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
    asked.is_for(route);
    let user = match &app.authorizer {
        Some(authorizer) => authorizer.admit(route, &head).await?,
        // Such an application does not start; one that is called as a service must not be open either.
        None if route.is_protected() || route.caller() == Caller::Required => {
            return Err(PoveryError::forbidden("This route is closed to everyone"));
        }
        None => None,
    };
    let limit = route.body_limit().unwrap_or(app.body_limit);
    let body = body::read(&mut head.headers, body, limit).await?;
    #[cfg(not(feature = "postgres"))]
    let _ = databases;
    let request = Request {
        head,
        body,
        path,
        parameters,
        shared: Arc::clone(&app.shared),
        id: asked.id().clone(),
        user,
        #[cfg(feature = "postgres")]
        databases: databases.of(route.is_idempotent()),
    };
    (route.handler)(Inputs::new(request)).await
}

fn allow_value(methods: &str) -> Result<HeaderValue, PoveryError> {
    HeaderValue::from_str(methods).map_err(PoveryError::internal)
}

/// The answer to HEAD: the headers that GET would have, among them the length (RFC 9110, 9.3.2) where it
/// is known, but not of a 204 or 304, which have none (8.6). A stream is dropped unread.
fn without_body(response: &mut Response) {
    let length = response.body().length();
    let status = response.status();
    if let Some(length) = length
        && status != StatusCode::NO_CONTENT
        && status != StatusCode::NOT_MODIFIED
    {
        response
            .headers_mut()
            .entry(header::CONTENT_LENGTH)
            .or_insert(length.into());
    }
    *response.body_mut() = Body::default();
}

/// Takes off what only the host can know: how the answer is sent (RFC 9110, 7.6.1), and a length that
/// is not the body's. Both would have a client or gateway wait, or take a body for the next answer. Of a
/// stream of unknown length the handler is believed: a host ends the connection where it is wrong.
fn without_framing(response: &mut Response, head: bool) {
    let length = response.body().length();
    let headers = response.headers_mut();
    for name in [
        header::CONNECTION,
        header::TE,
        header::TRANSFER_ENCODING,
        header::TRAILER,
        header::UPGRADE,
        HeaderName::from_static("keep-alive"),
        HeaderName::from_static("proxy-connection"),
    ] {
        headers.remove(name);
    }
    // Two lengths are one too many, whatever they say (RFC 9112, 6.3).
    if headers.get_all(header::CONTENT_LENGTH).iter().count() > 1 {
        headers.remove(header::CONTENT_LENGTH);
    }
    let Some(length) = length else { return };
    let lies = |value: &HeaderValue| value.as_bytes() != length.to_string().as_bytes();
    // A route for HEAD has no body to measure, and tells of GET's.
    if !(head && length == 0) && headers.get(header::CONTENT_LENGTH).is_some_and(lies) {
        headers.remove(header::CONTENT_LENGTH);
    }
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
