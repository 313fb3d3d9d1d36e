//! The client.

use http::Method;
use serde::Serialize;
use serde_json::{Value, json};

use super::{InvocationError, TestRequest};
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

    /// Invokes the function with an event, as Lambda would: an action, an event of another service, or an
    /// HTTP request as a gateway sends it. The request id is `test`, and there is no deadline.
    ///
    /// # Errors
    ///
    /// The invocation's.
    ///
    /// # Panics
    ///
    /// If the event cannot be written as JSON.
    pub async fn invoke(&self, event: impl Serialize) -> Result<Value, InvocationError> {
        let event = match serde_json::to_vec(&event) {
            Ok(event) => event,
            Err(error) => panic!("the event cannot be written as JSON: {error}"),
        };
        let answer = crate::lambda::invoke(self.app.clone(), &event).await;
        let answer = answer.map_err(|(kind, message)| InvocationError { kind, message })?;
        match serde_json::from_slice(&answer) {
            Ok(answer) => Ok(answer),
            Err(error) => panic!("the answer is not JSON: {error}"),
        }
    }

    /// Calls an action, as `aws lambda invoke` with `{"action", "payload"}` would.
    ///
    /// # Errors
    ///
    /// The action's.
    ///
    /// # Panics
    ///
    /// If the payload cannot be written as JSON.
    pub async fn action(
        &self,
        name: &str,
        payload: impl Serialize,
    ) -> Result<Value, InvocationError> {
        match serde_json::to_value(payload) {
            Ok(payload) => {
                self.invoke(json!({"action": name, "payload": payload}))
                    .await
            }
            Err(error) => panic!("the payload cannot be written as JSON: {error}"),
        }
    }

    /// Delivers messages of a queue, of FIFO order if its name ends with `.fifo`. Their ids are their places, from
    /// `1` on, and their bodies these values as JSON.
    ///
    /// # Errors
    ///
    /// The invocation's: with the key `partial` failures are in the answer.
    ///
    /// # Panics
    ///
    /// If a body cannot be written as JSON.
    #[cfg(feature = "events")]
    pub async fn sqs(
        &self,
        queue: &str,
        bodies: impl IntoIterator<Item = impl Serialize>,
    ) -> Result<Value, InvocationError> {
        let messages = bodies.into_iter().enumerate().map(|(at, body)| {
            let body = match serde_json::to_string(&body) {
                Ok(body) => body,
                Err(error) => panic!("the body cannot be written as JSON: {error}"),
            };
            json!({
                "messageId": (at + 1).to_string(),
                "body": body,
                "attributes": {},
                "messageAttributes": {},
                "eventSource": "aws:sqs",
                "eventSourceARN": format!("arn:aws:sqs:us-east-1:123456789012:{queue}"),
                "awsRegion": "us-east-1",
            })
        });
        let messages: Vec<_> = messages.collect();
        self.invoke(json!({ "Records": messages })).await
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
