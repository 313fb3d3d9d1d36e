//! The way from the innermost layer to what the layers stand around.
//!
//! A stack of layers is made once, and knows no request: what comes behind it for this one travels among the request's
//! extensions.

use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};

use http::StatusCode;

use crate::error::PoveryError;
use crate::response::{Body, Response};

type Onward =
    Box<dyn FnOnce(http::Request<Body>) -> Pin<Box<dyn Future<Output = Response> + Send>> + Send>;

/// What comes behind the layers for one request.
#[derive(Clone)]
pub(crate) struct Passage(Arc<Waiting>);

struct Waiting {
    failed: Box<dyn Fn(PoveryError) -> Response + Send + Sync>,
    /// `None` once it is under way.
    onward: Mutex<Option<Onward>>,
}

impl Passage {
    /// The answer to an error, and what answers the request.
    pub(crate) fn new<F>(
        failed: impl Fn(PoveryError) -> Response + Send + Sync + 'static,
        onward: impl FnOnce(http::Request<Body>) -> F + Send + 'static,
    ) -> Self
    where
        F: Future<Output = Response> + Send + 'static,
    {
        let onward: Onward = Box::new(|request| Box::pin(onward(request)));
        Self(Arc::new(Waiting {
            failed: Box::new(failed),
            onward: Mutex::new(Some(onward)),
        }))
    }

    pub(super) fn of<B>(request: &http::Request<B>) -> Option<Self> {
        request.extensions().get().cloned()
    }

    pub(super) fn failed(&self, error: PoveryError) -> Response {
        (self.0.failed)(error)
    }

    fn take(&self) -> Option<Onward> {
        let onward = &self.0.onward;
        onward.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

/// Says, among the extensions of a response, that nobody knew what the request was.
#[derive(Clone, Copy)]
struct Lost;

/// The answer to a request that has come without its extensions. Only who has sent it knows how errors are written.
pub(super) fn lost() -> Response {
    let mut response = Response::default();
    *response.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
    response.extensions_mut().insert(Lost);
    response
}

pub(crate) fn is_lost(response: &Response) -> bool {
    response.extensions().get::<Lost>().is_some()
}

/// What the innermost layer calls.
pub(super) async fn onward(mut request: http::Request<Body>) -> Response {
    let Some(passage) = request.extensions_mut().remove::<Passage>() else {
        return lost();
    };
    match passage.take() {
        Some(onward) => onward(request).await,
        None => passage.failed(PoveryError::internal(
            "a layer has called what it stands before a second time for one request",
        )),
    }
}
