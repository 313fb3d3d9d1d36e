//! Layers around the application, and around each of its routes.

use tower::Layer;

use super::App;
use crate::middleware::{LayerService, Next, wrap};

impl App {
    /// Puts a layer around the application: all that it answers, 404 and preflights too. One that is added later stands
    /// around those before.
    ///
    /// It is given the request before its route is known, and may change method and path: what it passes on is routed.
    /// An error of it is answered as one of a handler is. See [the guide](crate::docs::middleware).
    ///
    /// Actions and events are no HTTP requests, and go through no layer.
    ///
    /// # Example
    ///
    /// ```
    /// use povery::middleware::{self, Next};
    /// use povery::prelude::*;
    /// use povery::{Body, HeaderValue, Response, header, http};
    ///
    /// async fn never_framed(request: http::Request<Body>, next: Next) -> Response {
    ///     let mut response = next.run(request).await;
    ///     let deny = HeaderValue::from_static("DENY");
    ///     response.headers_mut().insert(header::X_FRAME_OPTIONS, deny);
    ///     response
    /// }
    ///
    /// # use povery::test::TestClient;
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() {
    /// let app = App::new().layer(middleware::from_fn(never_framed));
    /// let answer = TestClient::new(app).get("/nowhere").send().await;
    /// assert_eq!(answer.status(), 404);
    /// assert_eq!(answer.header("x-frame-options"), Some("DENY"));
    /// # }
    /// ```
    #[must_use]
    pub fn layer<L>(mut self, layer: L) -> Self
    where
        L: Layer<Next>,
        L::Service: LayerService,
    {
        let layers = &mut self.inner_mut().layers;
        let next = layers.take().unwrap_or_else(Next::end);
        *layers = Some(Next::new(layer.layer(next)));
        self
    }

    /// Puts a layer around every route, also those that are added later: inside of the layers of the application, and
    /// outside of those of groups and routes. One that is added later stands around those before.
    ///
    /// It is given requests whose route is found and whose caller may call it, and finds the
    /// [`MatchedRoute`](crate::MatchedRoute) among their extensions, and the [`User`](crate::User) where there is one.
    ///
    /// # Example
    ///
    /// ```
    /// use povery::middleware::{self, Next};
    /// use povery::prelude::*;
    /// use povery::{Body, MatchedRoute, Response, http};
    ///
    /// async fn counted(request: http::Request<Body>, next: Next) -> Response {
    ///     if let Some(route) = request.extensions().get::<MatchedRoute>() {
    ///         println!("{} {}", route.method(), route.path());
    ///     }
    ///     next.run(request).await
    /// }
    ///
    /// let app = App::new().route_layer(middleware::from_fn(counted));
    /// ```
    #[must_use]
    pub fn route_layer<L>(mut self, layer: L) -> Self
    where
        L: Layer<Next> + Send + Sync + 'static,
        L::Service: LayerService,
    {
        self.inner_mut().router.layer(wrap(layer));
        self
    }
}
