//! What a layer makes of what it stands before.

use bytes::Bytes;
use tower::Service;

use crate::error::BoxError;
use crate::response::Body;

/// The service of a layer that povery takes: `Clone + Send + Sync + 'static`, of `http::Request<povery::Body>`, with an
/// `http::Response` whose body has `Bytes` as its data, a future that is `Send`, and errors that become a [`BoxError`]. It is cloned
/// for each request.
///
/// Whatever is such a service has this trait: that of most layers of `tower` and `tower-http`, and of a function by
/// [`from_fn`](super::from_fn).
///
/// # Example
///
/// ```
/// use povery::middleware::{LayerService, Next};
/// use tower::Layer;
///
/// /// Layers that an application chooses from.
/// fn chosen<L: Layer<Next, Service: LayerService>>(app: povery::App, layer: Option<L>) -> povery::App {
///     match layer {
///         Some(layer) => app.layer(layer),
///         None => app,
///     }
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "a layer that makes `{Self}` cannot stand around routes",
    note = "the service of a layer is `Clone + Send + Sync + 'static`, takes an `http::Request<povery::Body>` and answers with an `http::Response`, whose body gives `Bytes`; a function becomes one by `povery::middleware::from_fn`"
)]
pub trait LayerService:
    Service<
        http::Request<Body>,
        Response = http::Response<Self::Body>,
        Error: Into<BoxError>,
        Future: Send,
    > + Clone
    + Send
    + Sync
    + 'static
{
    /// The body of its answers.
    type Body: http_body::Body<Data = Bytes, Error: Into<BoxError>> + Send + 'static;
}

impl<S, B> LayerService for S
where
    S: Service<
            http::Request<Body>,
            Response = http::Response<B>,
            Error: Into<BoxError>,
            Future: Send,
        > + Clone
        + Send
        + Sync
        + 'static,
    B: http_body::Body<Data = Bytes, Error: Into<BoxError>> + Send + 'static,
{
    type Body = B;
}
