//! What a layer stands before.

use std::any::Any;
use std::convert::Infallible;
use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use tower::util::BoxCloneSyncService;
use tower::{Service, ServiceExt};

use super::answering::Answering;
use super::{LayerService, passage};
use crate::error::BoxError;
use crate::response::{Body, Response};

/// What a layer stands before: further layers, and at their end the application or the route.
///
/// It is the service that a layer is given. It never fails: what fails behind it is an answer already. Functions that
/// [`from_fn`](super::from_fn) makes a layer of [`run`](Self::run) it.
///
/// One request is answered once: who calls it a second time for the same request, or for a request that has not the
/// extensions of the one that came, has a logged 500.
#[derive(Clone)]
pub struct Next(Rest);

#[derive(Clone)]
enum Rest {
    /// No more layers.
    End,
    Layered(BoxCloneSyncService<http::Request<Body>, Response, Infallible>),
}

impl Next {
    /// What the innermost layer stands before.
    pub(crate) fn end() -> Self {
        Self(Rest::End)
    }

    /// The service of a layer; a `Next` stays what it is.
    pub(crate) fn new<S>(service: S) -> Self
    where
        S: LayerService,
    {
        let mut service = Some(service);
        if let Some(same) = (&mut service as &mut dyn Any).downcast_mut::<Option<Self>>() {
            return same.take().unwrap_or_else(Self::end);
        }
        let layered = service.map(|service| BoxCloneSyncService::new(Answering::new(service)));
        Self(layered.map_or(Rest::End, Rest::Layered))
    }

    /// The answer of what comes next.
    pub async fn run(self, request: http::Request<Body>) -> Response {
        let Ok(response) = self.oneshot(request).await;
        response
    }
}

impl<B> Service<http::Request<B>> for Next
where
    B: http_body::Body<Data = Bytes, Error: Into<BoxError>> + Send + 'static,
{
    type Response = Response;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Response, Infallible>> + Send>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        match &mut self.0 {
            Rest::End => Poll::Ready(Ok(())),
            Rest::Layered(service) => service.poll_ready(cx),
        }
    }

    fn call(&mut self, request: http::Request<B>) -> Self::Future {
        let request = request.map(Body::new);
        match &mut self.0 {
            Rest::End => Box::pin(async { Ok(passage::onward(request).await) }),
            Rest::Layered(service) => service.call(request),
        }
    }
}

impl fmt::Debug for Next {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Next").finish_non_exhaustive()
    }
}
