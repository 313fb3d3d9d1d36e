//! A request as handlers and extractors see it.

mod called;
mod context;
mod deadline;
mod headers;
mod incoming;
mod pairs;
pub(crate) mod path;

pub(crate) use called::Called;
pub(crate) use pairs::pairs;

pub use context::{ClientAddr, LambdaContext};
pub(crate) use context::{Gateway, GatewayContext, address, forwarded};
pub use deadline::Deadline;
pub(crate) use headers::{Content, HeaderSource, Headers};
pub(crate) use incoming::{Client, Head, Host, Incoming, IncomingBody};

use std::any::{Any, TypeId};
use std::borrow::Cow;
use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

use bytes::Bytes;
use http::{Extensions, HeaderMap, Method, Uri};
use serde_json::value::RawValue;

use crate::route::MatchedRoute;

/// Identifies a request in answers and logs: Lambda's own id, a random UUID in the local server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestId(pub(crate) Arc<str>);

impl RequestId {
    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub(crate) fn random() -> Self {
        Self(uuid::Uuid::new_v4().to_string().into())
    }
}

impl<T: AsRef<str>> From<T> for RequestId {
    fn from(id: T) -> Self {
        Self(id.as_ref().into())
    }
}

/// Values that an application shares with its handlers, one of each type.
#[derive(Clone, Default)]
pub(crate) struct Shared {
    values: HashMap<TypeId, Arc<dyn Any + Send + Sync>>,
}

impl Shared {
    pub(crate) fn insert<T: Send + Sync + 'static>(&mut self, value: T) {
        self.values.insert(TypeId::of::<T>(), Arc::new(value));
    }

    pub(crate) fn get<T: Send + Sync + 'static>(&self) -> Option<Arc<T>> {
        self.values.get(&TypeId::of::<T>())?.clone().downcast().ok()
    }
}

/// The request behind a route: what [`FromRequest`](crate::FromRequest) reads from.
///
/// The body is whole and within the limit of the application (1 048 576 bytes unless set).
pub struct Request {
    pub(crate) head: Box<Head>,
    pub(crate) body: Bytes,
    pub(crate) path: String,
    pub(crate) parameters: Vec<Range<usize>>,
    pub(crate) shared: Arc<Shared>,
    pub(crate) id: RequestId,
    /// `None` where an action or an event was called.
    pub(crate) route: Option<MatchedRoute>,
    /// Who calls, where the route asks for it.
    pub(crate) user: Option<crate::auth::User>,
    #[cfg(feature = "postgres")]
    pub(crate) databases: Arc<crate::db::Requested>,
}

impl Request {
    /// The method.
    pub fn method(&self) -> &Method {
        &self.head.method
    }

    /// The target as it was sent; for routing and logs see [`path`](Self::path).
    pub fn uri(&self) -> &Uri {
        &self.head.uri
    }

    /// The path that was routed: every segment decoded once.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The headers. One that cannot stand in HTTP, which no gateway sends, is a 400 for the request
    /// whose extractors ask for headers.
    pub fn headers(&self) -> &HeaderMap {
        self.head.headers.get()
    }

    /// Values that the host or a layer has attached.
    pub fn extensions(&self) -> &Extensions {
        &self.head.extensions
    }

    /// The body.
    pub fn body(&self) -> &Bytes {
        &self.body
    }

    /// When the invocation ends at the latest: [`Deadline::NONE`] outside Lambda.
    pub fn deadline(&self) -> Deadline {
        self.head.host.deadline
    }

    /// The id under which this request is logged.
    pub fn id(&self) -> &RequestId {
        &self.id
    }

    /// The route that the request is for; `None` in actions and handlers of events.
    ///
    /// # Example
    ///
    /// ```
    /// use povery::{FromRequest, Rejection, Request};
    ///
    /// /// Whether callers are to be told of what comes after this route.
    /// struct IsDeprecated(bool);
    ///
    /// impl FromRequest for IsDeprecated {
    ///     async fn from_request(request: &Request) -> Result<Self, Rejection> {
    ///         Ok(Self(request.route().is_some_and(|route| route.is_deprecated())))
    ///     }
    /// }
    /// ```
    pub fn route(&self) -> Option<&MatchedRoute> {
        self.route.as_ref()
    }

    /// The record that a handler of events is called with; `None` where there is none.
    #[cfg(feature = "events")]
    pub(crate) fn record(&self) -> Option<&Bytes> {
        self.head.extensions.get::<Called>()?.record.as_ref()
    }

    /// Whether there is no HTTP around the body.
    pub(crate) fn is_called(&self) -> bool {
        self.head.extensions.get::<Called>().is_some()
    }

    /// How the body is to be read.
    pub(crate) fn content(&self) -> &Content {
        self.head.headers.content()
    }

    /// The invocation; `None` outside Lambda.
    pub(crate) fn lambda(&self) -> Option<&LambdaContext> {
        self.head.host.lambda.as_deref()
    }

    /// The address of the caller; `None` where the host does not say.
    pub(crate) fn client(&self) -> Option<ClientAddr> {
        let address = self.head.host.client.address(|| self.headers());
        address.map(ClientAddr)
    }

    /// The gateway's `requestContext`; `None` where no gateway stands before the application.
    pub(crate) fn gateway_context(&self) -> Option<&RawValue> {
        Some(self.head.host.gateway.as_ref()?.json())
    }

    /// The decoded path parameter at `index`.
    pub(crate) fn parameter(&self, index: usize) -> Option<&str> {
        self.path.get(self.parameters.get(index)?.clone())
    }

    /// The decoded query values under `name`, in order; `None` where one is not UTF-8.
    pub(crate) fn query_values(&self, name: &str) -> Option<Vec<Cow<'_, str>>> {
        let query = self.head.uri.query().unwrap_or_default();
        pairs(query.as_bytes())
            .filter(|(key, _)| key.as_deref() == Some(name))
            .map(|(_, value)| value.decoded())
            .collect()
    }
}
