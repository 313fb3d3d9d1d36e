//! A request before its route is known.

use std::net::IpAddr;
use std::sync::Arc;

use bytes::Bytes;
use http::{Extensions, HeaderMap, Method, Uri};

use super::{
    ClientAddr, Deadline, GatewayContext, Headers, LambdaContext, RequestId, address, forwarded,
};
use crate::error::BoxError;
use crate::observation::Observation;

/// A request as a host hands it over. Its head is large, and moves through many futures.
pub(crate) struct Incoming<B> {
    pub(crate) head: Box<Head>,
    pub(crate) body: B,
}

/// The body as a host hands it over.
pub(crate) trait IncomingBody:
    http_body::Body<Data: Into<Bytes>, Error: Into<BoxError>> + Send + 'static
{
}

impl<B> IncomingBody for B where
    B: http_body::Body<Data: Into<Bytes>, Error: Into<BoxError>> + Send + 'static
{
}

/// All of a request but its body.
pub(crate) struct Head {
    pub(crate) method: Method,
    pub(crate) uri: Uri,
    pub(crate) headers: Headers,
    pub(crate) extensions: Extensions,
    pub(crate) host: Host,
}

/// What the host knows of a request beyond HTTP.
#[derive(Default)]
pub(crate) struct Host {
    pub(crate) id: Option<RequestId>,
    pub(crate) deadline: Deadline,
    pub(crate) lambda: Option<Arc<LambdaContext>>,
    pub(crate) gateway: Option<GatewayContext>,
    pub(crate) client: Client,
    /// Where the host knows of the invocation more than its id.
    pub(crate) observation: Option<Arc<Observation>>,
}

/// Where the caller's address is read from.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) enum Client {
    #[default]
    Unknown,
    Told(IpAddr),
    /// What a load balancer has put at the end of `X-Forwarded-For`.
    Forwarded,
}

impl Client {
    pub(crate) fn address<'h>(self, headers: impl FnOnce() -> &'h HeaderMap) -> Option<IpAddr> {
        match self {
            Self::Unknown => None,
            Self::Told(address) => Some(address),
            Self::Forwarded => address(forwarded(headers())?),
        }
    }
}

impl<B> From<http::Request<B>> for Incoming<B> {
    /// What a host or a layer has put among the extensions stays there too, for extractors of the
    /// developer's own.
    fn from(request: http::Request<B>) -> Self {
        let (parts, body) = request.into_parts();
        let mut extensions = parts.extensions;
        let host = Host {
            id: extensions.remove(),
            deadline: extensions.get().copied().unwrap_or_default(),
            lambda: extensions.get().cloned().map(Arc::new),
            gateway: extensions.get().cloned(),
            client: extensions
                .get()
                .map(|ClientAddr(address)| Client::Told(*address))
                .unwrap_or_default(),
            observation: extensions.remove(),
        };
        Self {
            head: Box::new(Head {
                method: parts.method,
                uri: parts.uri,
                headers: parts.headers.into(),
                extensions,
                host,
            }),
            body,
        }
    }
}
