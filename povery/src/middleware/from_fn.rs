//! Layers of functions.

use std::any::type_name;
use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use tower::{Layer, Service};

use super::{LayerService, Next};
use crate::error::BoxError;
use crate::response::{Body, IntoResponse, Response};

/// A layer of an `async fn` that is given the request and what comes [next](Next).
///
/// It may change the request, answer without calling `next`, and change the answer. It returns whatever a handler may;
/// an error is answered as a handler's is.
///
/// # Example
///
/// ```
/// use povery::middleware::{self, Next};
/// use povery::prelude::*;
/// use povery::{Body, Response, http};
///
/// async fn with_api_key(request: http::Request<Body>, next: Next) -> Result<Response, PoveryError> {
///     if request.headers().get("x-api-key").is_none_or(|key| key != "k-1") {
///         return Err(PoveryError::unauthenticated("The API key is missing or wrong"));
///     }
///     Ok(next.run(request).await)
/// }
///
/// #[povery::route(GET, "/hello", layers(middleware::from_fn(with_api_key)))]
/// async fn hello() -> &'static str {
///     "hello"
/// }
///
/// # use povery::test::TestClient;
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// let client = TestClient::new(App::new().routes(povery::routes![hello]));
/// assert_eq!(client.get("/hello").send().await.status(), 401);
/// assert_eq!(client.get("/hello").header("x-api-key", "k-1").send().await.text(), "hello");
/// # }
/// ```
pub fn from_fn<F, R>(function: F) -> FromFn<F>
where
    F: Fn(http::Request<Body>, Next) -> R + Clone + Send + Sync + 'static,
    R: Future<Output: IntoResponse> + Send + 'static,
{
    FromFn(function)
}

/// A layer of a function, from [`from_fn`].
#[derive(Clone, Copy)]
pub struct FromFn<F>(F);

/// The service of a [`FromFn`].
#[derive(Clone, Copy)]
pub struct FromFnService<F, S> {
    function: F,
    service: S,
}

impl<F: Clone, S> Layer<S> for FromFn<F> {
    type Service = FromFnService<F, S>;

    fn layer(&self, service: S) -> Self::Service {
        FromFnService {
            function: self.0.clone(),
            service,
        }
    }
}

impl<F, R, S, A> Service<http::Request<A>> for FromFnService<F, S>
where
    F: Fn(http::Request<Body>, Next) -> R,
    R: Future<Output: IntoResponse> + Send + 'static,
    S: LayerService,
    A: http_body::Body<Data = Bytes, Error: Into<BoxError>> + Send + 'static,
{
    type Response = Response;
    type Error = BoxError;
    type Future = Pin<Box<dyn Future<Output = Result<Response, BoxError>> + Send>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        self.service.poll_ready(cx).map_err(Into::into)
    }

    fn call(&mut self, request: http::Request<A>) -> Self::Future {
        // The one that is ready goes along.
        let next = self.service.clone();
        let ready = std::mem::replace(&mut self.service, next);
        let answer = (self.function)(request.map(Body::new), Next::new(ready));
        Box::pin(async { Ok(answer.await.into_response()?) })
    }
}

impl<F> fmt::Debug for FromFn<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "FromFn({})", type_name::<F>())
    }
}

impl<F, S> fmt::Debug for FromFnService<F, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "FromFnService({})", type_name::<F>())
    }
}
