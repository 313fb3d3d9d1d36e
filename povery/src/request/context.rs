//! What a host knows of a request beyond HTTP.

use std::fmt;
use std::net::{IpAddr, SocketAddr};

use http::HeaderMap;
use serde_json::Value;
use serde_json::value::RawValue;

use super::Deadline;

/// The invocation as AWS Lambda tells of it. Other hosts have none, `cargo lambda watch` has one.
///
/// As an argument it is a logged 500 where there is none, and `Option<LambdaContext>` is `None`.
/// Tests make one from [`Default`] and set what they need.
///
/// # Example
///
/// ```
/// use povery::LambdaContext;
///
/// #[povery::route(GET, "/version")]
/// async fn version(lambda: Option<LambdaContext>) -> String {
///     lambda.map_or_else(|| "local".to_owned(), |lambda| lambda.function_version)
/// }
/// ```
#[derive(Clone, Default, PartialEq)]
#[non_exhaustive]
pub struct LambdaContext {
    /// The id of the invocation, which is also the request's [`RequestId`](crate::RequestId).
    pub request_id: String,
    /// The ARN that was invoked, with its version or alias if it was named with one.
    pub function_arn: String,
    /// The X-Ray trace header: `Root=…;Parent=…;Sampled=…`.
    pub trace_id: Option<String>,
    /// When the invocation ends at the latest.
    pub deadline: Deadline,
    /// The name of the function.
    pub function_name: String,
    /// The version of the function, `$LATEST` unless one was published.
    pub function_version: String,
    /// The memory of the function in MB; `None` where it is not known.
    pub memory: Option<u32>,
    /// The tenant of the invocation, in a function with tenant isolation.
    pub tenant_id: Option<String>,
    /// The Cognito identity of a caller that uses an AWS mobile SDK.
    pub identity: Option<Value>,
    /// The client context of a caller that uses an AWS mobile SDK.
    pub client_context: Option<Value>,
}

/// Without what the caller has sent.
impl fmt::Debug for LambdaContext {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LambdaContext")
            .field("request_id", &self.request_id)
            .field("function_arn", &self.function_arn)
            .field("function_name", &self.function_name)
            .field("function_version", &self.function_version)
            .field("memory", &self.memory)
            .field("deadline", &self.deadline)
            .finish_non_exhaustive()
    }
}

/// The address that the request came from, as the host says it:
///
/// | host | address |
/// |---|---|
/// | REST API | `requestContext.identity.sourceIp` |
/// | HTTP API, Function URL | `requestContext.http.sourceIp` |
/// | Application Load Balancer | the last entry of `X-Forwarded-For`, which the load balancer itself appends |
/// | local server | the peer of the connection |
///
/// Proxies in front of these, such as a CDN, are not looked through: behind one this is the proxy's
/// address. Where there is none (VPC Lattice, the test button of a console), it is a logged 500 as an
/// argument, and `Option<ClientAddr>` is `None`. Another host puts it among the request's extensions.
///
/// A load balancer that is set to preserve `X-Forwarded-For` passes on what the caller wrote.
///
/// # Example
///
/// ```
/// use povery::ClientAddr;
///
/// #[povery::route(GET, "/address")]
/// async fn address(ClientAddr(address): ClientAddr) -> String {
///     address.to_string()
/// }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ClientAddr(pub IpAddr);

/// An address, with or without a port: a load balancer can be told to keep it.
pub(crate) fn address(text: &str) -> Option<IpAddr> {
    let text = text.trim();
    let address = text.parse().map(|socket: SocketAddr| socket.ip());
    address.or_else(|_| text.parse()).ok()
}

/// The last entry of `X-Forwarded-For`, which is a load balancer's own. What stands before it came with the
/// request, so anybody may have written it.
pub(crate) fn forwarded(headers: &HeaderMap) -> Option<&str> {
    let mut lines = headers.get_all("x-forwarded-for").into_iter();
    lines.next_back()?.to_str().ok()?.rsplit(',').next()
}

/// The gateway that wrote a `requestContext`: what may stand in one is not the same for all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Gateway {
    Rest,
    HttpApiV1,
    HttpApi,
    FunctionUrl,
    Alb,
    Lattice,
}

/// The gateway's `requestContext`, as it was sent.
#[derive(Clone)]
pub(crate) struct GatewayContext {
    gateway: Gateway,
    json: Box<RawValue>,
}

impl GatewayContext {
    pub(crate) fn new(gateway: Gateway, json: Box<RawValue>) -> Self {
        Self { gateway, json }
    }

    pub(crate) fn gateway(&self) -> Gateway {
        self.gateway
    }

    pub(crate) fn json(&self) -> &RawValue {
        &self.json
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_is_without_what_the_caller_sent() {
        let context = LambdaContext {
            function_name: "users".to_owned(),
            identity: Some("a secret".into()),
            client_context: Some("a secret".into()),
            ..LambdaContext::default()
        };
        let text = format!("{context:?}");
        assert!(
            text.contains("users") && !text.contains("a secret"),
            "{text}"
        );
    }
}
