//! What `lambda_http` says of a request, where it is the host.

use std::time::SystemTime;

use lambda_http::Context;
use lambda_http::request::RequestContext;

use super::lambda_context;
use crate::request::{ClientAddr, RequestId, address, forwarded};

/// Takes the request id, the deadline, the invocation and the caller's address over from `lambda_http`'s
/// extensions, where they are there and no other host has given its own.
pub(crate) fn adopted<B>(mut request: http::Request<B>) -> http::Request<B> {
    let extensions = request.extensions();
    if extensions.get::<RequestId>().is_none()
        && let Some(context) = extensions.get::<Context>().cloned()
    {
        let context = lambda_context(context, SystemTime::now());
        let extensions = request.extensions_mut();
        extensions.insert(RequestId::from(&context.request_id));
        extensions.insert(context.deadline);
        extensions.insert(context);
    }
    if request.extensions().get::<ClientAddr>().is_none()
        && let Some(address) = client(&request)
    {
        request.extensions_mut().insert(address);
    }
    request
}

fn client<B>(request: &http::Request<B>) -> Option<ClientAddr> {
    let said = match request.extensions().get()? {
        RequestContext::ApiGatewayV1(context) => context.identity.source_ip.as_deref()?,
        RequestContext::ApiGatewayV2(context) => context.http.source_ip.as_deref()?,
        RequestContext::Alb(_) => forwarded(request.headers())?,
        _ => return None,
    };
    address(said).map(ClientAddr)
}
