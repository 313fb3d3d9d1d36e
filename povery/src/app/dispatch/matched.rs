//! A request whose route is found and whose caller may call it: hooks, the layers of the route, and its handler.

use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::AtomicUsize;
use std::time::Instant;

use futures_util::FutureExt;
#[cfg(feature = "postgres")]
use futures_util::future::BoxFuture;

use super::asked::failed;
use super::bound::within;
use super::layered::{for_layers, through};
#[cfg(feature = "postgres")]
use super::once;
use super::panics::caught;
use super::{Bound, Underway, settled};
use crate::app::request_hooks::{Details, MatchedRequest};
use crate::app::{Inner, body};
use crate::auth::User;
use crate::error::PoveryError;
use crate::extract::Inputs;
use crate::request::{Head, Incoming, IncomingBody, Request};
use crate::response::{Body, Response};
use crate::route::{MatchedRoute, Route};

/// What was found out about a request.
pub(super) struct Matched<'r> {
    pub(super) route: &'r Route,
    pub(super) path: String,
    pub(super) parameters: Vec<Range<usize>>,
    /// Who calls, where the route asks for it.
    pub(super) user: Option<User>,
}

/// The answer of the route. The transaction has ended, and what is an answer and no error is so because somebody around
/// the handler has seen it.
///
/// # Errors
///
/// The handler's, where nothing stands around it.
pub(super) async fn run<B: IncomingBody>(
    app: &Arc<Inner>,
    request: Incoming<B>,
    matched: Matched<'_>,
    underway: &Underway,
) -> Result<Response, PoveryError> {
    if matched.route.layers().is_some() || !app.around.is_empty() {
        return Ok(Box::pin(around(app, request, matched, underway)).await);
    }
    let work = handled(app, request, matched, underway);
    settled(work, underway.bound, &underway.databases).await
}

/// With the hooks around it.
async fn around<B: IncomingBody>(
    app: &Arc<Inner>,
    request: Incoming<B>,
    matched: Matched<'_>,
    underway: &Underway,
) -> Response {
    if app.around.is_empty() {
        return layered(app, request, matched, underway).await;
    }
    let told = match told(&request.head, &matched, underway) {
        Ok(told) => told,
        Err(error) => return failed(app, &underway.asked, error),
    };
    underway.begin(&told);
    let before = within(underway.bound.map(Bound::end), app.around.run_before(&told));
    let mut response = match caught(app, &underway.asked, "a hook before the request", before).await
    {
        Ok(()) => layered(app, request, matched, underway).await,
        Err(response) => *response,
    };
    let until = underway.bound.map(Bound::of_hooks);
    app.around.run_after(&told, &mut response, until).await;
    underway.take_unfinished();
    response
}

/// What hooks are told.
///
/// # Errors
///
/// 400 for headers that cannot stand in HTTP.
fn told(
    head: &Head,
    matched: &Matched<'_>,
    underway: &Underway,
) -> Result<MatchedRequest, PoveryError> {
    let headers = head.headers.get().clone();
    head.headers.check()?;
    Ok(MatchedRequest::new(Details {
        route: MatchedRoute(matched.route.clone()),
        method: head.method.clone(),
        uri: head.uri.clone(),
        headers,
        id: underway.asked.id().clone(),
        deadline: head.host.deadline,
        user: matched.user.clone(),
        begun: Instant::now(),
        told: AtomicUsize::new(0),
    }))
}

/// With the layers around it.
async fn layered<B: IncomingBody>(
    app: &Arc<Inner>,
    request: Incoming<B>,
    matched: Matched<'_>,
    underway: &Underway,
) -> Response {
    let Some(layers) = matched.route.layers() else {
        return ended(app, handled(app, request, matched, underway), underway).await;
    };
    let Matched {
        route,
        path,
        parameters,
        user,
    } = matched;
    let (mut request, beside) = for_layers(request, underway);
    let extensions = request.extensions_mut();
    extensions.insert(MatchedRoute(route.clone()));
    if let Some(user) = &user {
        extensions.insert(user.clone());
    }
    let (inner, route, under) = (Arc::clone(app), route.clone(), underway.clone());
    let onward = move |request: http::Request<Body>| async move {
        let work = async {
            let (parts, body) = request.into_parts();
            let head = beside.head(parts)?;
            let matched = Matched {
                route: &route,
                path,
                parameters,
                user,
            };
            handled(&inner, Incoming { head, body }, matched, &under).await
        };
        ended(&inner, work, &under).await
    };
    let end = underway.bound.map(Bound::of_route_layers);
    through(app, layers, request, underway, end, onward).await
}

/// The answer of the handler within its time, whose transaction has ended. No `async fn`: see [`within`].
fn ended(
    app: &Inner,
    work: impl Future<Output = Result<Response, PoveryError>>,
    underway: &Underway,
) -> impl Future<Output = Response> {
    let work = settled(work, underway.bound, &underway.databases);
    let answer = caught(app, &underway.asked, "the handler", work);
    answer.then(async |answer| match answer {
        Ok(response) => response,
        Err(response) => {
            // It may have panicked.
            let until = underway.bound.map(Bound::of_rollback);
            let _ = underway.databases.abandon(until).await;
            *response
        }
    })
}

/// The body is read, and the handler called.
async fn handled<B: IncomingBody>(
    app: &Inner,
    request: Incoming<B>,
    matched: Matched<'_>,
    underway: &Underway,
) -> Result<Response, PoveryError> {
    let Incoming { mut head, body } = request;
    let Matched {
        route,
        path,
        parameters,
        user,
    } = matched;
    let limit = route.body_limit().unwrap_or(app.body_limit);
    let body = body::read(&mut head.headers, body, limit).await?;
    let request = Request {
        head,
        body,
        path,
        parameters,
        shared: Arc::clone(&app.shared),
        id: underway.asked.id().clone(),
        route: Some(MatchedRoute(route.clone())),
        user,
        #[cfg(feature = "postgres")]
        databases: underway.databases.of(route.is_idempotent()),
    };
    #[cfg(feature = "postgres")]
    if let Some(keyed) = &route.keyed {
        // Boxed, so that other routes do not carry the room for it, nor its type.
        let answer: BoxFuture<'_, _> = Box::pin(once::answer(app, route, keyed, request));
        return answer.await;
    }
    (route.handler)(Inputs::new(request)).await
}
