//! The service of a layer, whose errors are answers: what stands outside of it sees them as such.

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use tower::Service;
use tower::load_shed::error::Overloaded;
use tower::timeout::error::Elapsed;

use super::passage::{Passage, lost};
use crate::error::{BoxError, PoveryError};
use crate::response::{Body, Response};

pub(super) struct Answering<S> {
    service: S,
    /// Why it will never be ready: told when it is called, as the answer.
    unready: Option<BoxError>,
}

impl<S> Answering<S> {
    pub(super) fn new(service: S) -> Self {
        Self {
            service,
            unready: None,
        }
    }
}

impl<S: Clone> Clone for Answering<S> {
    fn clone(&self) -> Self {
        Self::new(self.service.clone())
    }
}

impl<S, B> Service<http::Request<Body>> for Answering<S>
where
    S: Service<http::Request<Body>, Response = http::Response<B>, Error: Into<BoxError>>,
    S::Future: Send + 'static,
    B: http_body::Body<Data = Bytes, Error: Into<BoxError>> + Send + 'static,
{
    type Response = Response;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Response, Infallible>> + Send>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        if let Err(error) = ready!(self.service.poll_ready(cx)) {
            self.unready = Some(error.into());
        }
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: http::Request<Body>) -> Self::Future {
        let passage = Passage::of(&request);
        let failed = move |error| match passage {
            Some(passage) => passage.failed(into_povery_error(error)),
            None => lost(),
        };
        if let Some(error) = self.unready.take() {
            return Box::pin(async { Ok(failed(error)) });
        }
        let answer = self.service.call(request);
        Box::pin(async {
            Ok(match answer.await {
                Ok(response) => response.map(Body::new),
                Err(error) => failed(error.into()),
            })
        })
    }
}

/// What the error of a layer is to the caller.
fn into_povery_error(error: BoxError) -> PoveryError {
    match error.downcast::<PoveryError>() {
        Ok(error) => *error,
        Err(error) if error.is::<Elapsed>() => {
            PoveryError::timeout("The request took too long").with_source(error)
        }
        Err(error) if error.is::<Overloaded>() => {
            PoveryError::unavailable("There are too many requests at once").with_source(error)
        }
        Err(error) => PoveryError::internal(error),
    }
}
