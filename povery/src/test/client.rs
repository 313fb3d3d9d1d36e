//! The client.

use http::Method;

use super::TestRequest;
use crate::app::App;

/// Sends requests to an application in the same process: everything but the network and the
/// gateway is as it is when deployed. A tool for tests: what cannot be right panics.
///
/// # Example
///
/// ```
/// use povery::prelude::*;
/// use povery::test::TestClient;
///
/// #[povery::route(GET, "/hello/<name>?<times>")]
/// async fn hello(name: String, times: Option<u8>) -> String {
///     format!("Hello {name}! ").repeat(times.unwrap_or(1).into())
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// let client = TestClient::new(App::new().routes(povery::routes![hello]));
///
/// let response = client.get("/hello/Ada?times=2").send().await;
/// assert_eq!(response.status(), 200);
/// assert_eq!(response.text(), "Hello Ada! Hello Ada! ");
///
/// let refused = client.get("/hello/Ada?times=often").send().await;
/// assert_eq!(refused.error().code, "VALIDATION_FAILED");
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct TestClient {
    app: App,
}

macro_rules! methods {
    ($($(#[$doc:meta])* $name:ident $method:ident)*) => {
        $(
            $(#[$doc])*
            ///
            /// # Panics
            ///
            /// If `uri` is no path with an optional query.
            #[track_caller]
            pub fn $name(&self, uri: &str) -> TestRequest {
                self.request(Method::$method, uri)
            }
        )*
    };
}

impl TestClient {
    /// A client of this application.
    ///
    /// # Panics
    ///
    /// With every mistake of the routes, as [`App::check`] reports them.
    #[track_caller]
    pub fn new(app: App) -> Self {
        if let Err(mistakes) = app.check() {
            panic!("the application cannot start:\n{mistakes}");
        }
        Self { app }
    }

    /// A request of any method. `uri` is the path, percent-encoded, with an optional query.
    ///
    /// # Panics
    ///
    /// If `uri` is no path with an optional query.
    #[track_caller]
    pub fn request(&self, method: Method, uri: &str) -> TestRequest {
        TestRequest::new(self.app.clone(), method, uri)
    }

    methods! {
        /// A GET request.
        get GET
        /// A POST request.
        post POST
        /// A PUT request.
        put PUT
        /// A PATCH request.
        patch PATCH
        /// A DELETE request.
        delete DELETE
        /// A HEAD request.
        head HEAD
        /// An OPTIONS request.
        options OPTIONS
    }
}
