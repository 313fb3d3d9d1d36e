//! One request to one response. Knows no AWS.

mod asked;
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
mod panics;
mod streamed;

pub(crate) use bound::Bound;
pub(crate) use call::{Call, Failed, call};
use databases::Databases;
pub(crate) use databases::Together;
pub(super) use panics::panic_text;
pub(crate) use streamed::Interrupted;

use std::future::poll_fn;
use std::panic::AssertUnwindSafe;
use std::pin::pin;
use std::sync::{Arc, Mutex, PoisonError};

use asked::{Asked, failed};
use bound::within;
use framing::finish;
use futures_util::FutureExt;
use http::{HeaderValue, header};
use panics::panicked;
use streamed::guarded;

use super::Inner;
use super::request_hooks::MatchedRequest;
use crate::error::PoveryError;
use crate::request::{Incoming, IncomingBody, path};
use crate::response::{Body, Response};
use crate::route::Caller;
use crate::router::Found;

/// Answers a request; a failure of any kind is an answer too, and a 5xx is logged in one line.
pub(crate) async fn dispatch<B: IncomingBody>(
    app: &Arc<Inner>,
    mut request: Incoming<B>,
) -> Response {
    let asked = Asked::of(app, &mut request.head);
    let (observation, span) = (Arc::clone(&asked.observation), asked.span.clone());
    // In its place: it is large, and each wrapper around it would move it once more.
    let mut response = pin!(dispatched(app, request, asked));
    poll_fn(|cx| {
        let _entered = span.enter();
        observation.within(|| response.as_mut().poll(cx))
    })
    .await
}

async fn dispatched<B: IncomingBody>(
    app: &Arc<Inner>,
    request: Incoming<B>,
    asked: Asked,
) -> Response {
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
    #[cfg(feature = "opentelemetry")]
    if app.telemetry.is_some() {
        crate::telemetry::answered(&asked.span, response.status().as_u16());
    }
    if response.body().as_bytes().is_some() {
        return response;
    }
    response.map(|body| guarded(body, asked, bound))
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

async fn respond<B: IncomingBody>(
    app: &Arc<Inner>,
    request: Incoming<B>,
    underway: &Underway,
) -> Response {
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
async fn answered<B: IncomingBody>(
    app: &Arc<Inner>,
    request: Incoming<B>,
    underway: &Underway,
) -> Response {
    let answer = answer(app, request, underway).await;
    answer.unwrap_or_else(|error| failed(app, &underway.asked, error))
}

/// What a handler answers within its bound, once its transaction has ended.
fn settled(
    answer: impl Future<Output = Result<Response, PoveryError>>,
    bound: Option<Bound>,
    databases: &Databases,
) -> impl Future<Output = Result<Response, PoveryError>> {
    within(bound.map(Bound::end), answer).then(|answer| databases.end(answer))
}

async fn answer<B: IncomingBody>(
    app: &Arc<Inner>,
    request: Incoming<B>,
    underway: &Underway,
) -> Result<Response, PoveryError> {
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
    underway.asked.is_for(route, head);
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

#[cfg(test)]
mod tests;
