//! The Lambda host: events in, answers out, through `lambda_http`.

use std::net::{IpAddr, SocketAddr};
use std::time::{Duration, Instant, SystemTime};

use http::{HeaderMap, Uri};
use lambda_http::request::RequestContext;
use lambda_http::{Context, RequestExt, service_fn};
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use serde::Serialize;
use serde_json::Value;
use tower::ServiceExt;

use crate::app::App;
use crate::environment::max_concurrency;
use crate::error::BoxError;
use crate::request::{ClientAddr, Deadline, GatewayContext, LambdaContext, RequestId};
use crate::response::{Body, Response};

/// Serves invocations until the runtime ends the sandbox.
pub(crate) async fn serve(app: App) -> Result<(), BoxError> {
    let handler = service_fn(move |request: lambda_http::Request| {
        let app = app.clone();
        async move {
            let answer = app.oneshot(incoming(request)).await;
            answer.map(outgoing)
        }
    });
    if max_concurrency() > 1 {
        lambda_http::run_concurrent(handler).await
    } else {
        lambda_http::run(handler).await
    }
}

/// The request with what the invocation says: its path, its id, its deadline, and the contexts of
/// Lambda and of the gateway.
fn incoming(mut request: lambda_http::Request) -> lambda_http::Request {
    *request.uri_mut() = sent_uri(&request);
    if let Some(context) = request.extensions_mut().remove::<Context>() {
        let context = lambda_context(context, SystemTime::now());
        let extensions = request.extensions_mut();
        extensions.insert(RequestId::from(&context.request_id));
        if let Some(deadline) = context.deadline {
            extensions.insert(Deadline(deadline));
        }
        extensions.insert(context);
    }
    if let Some(context) = request.extensions_mut().remove::<RequestContext>() {
        if let Some(address) = client_addr(&context, request.headers()) {
            request.extensions_mut().insert(ClientAddr(address));
        }
        let written = GatewayContext::new(move || serde_json::value::to_raw_value(&context).ok());
        request.extensions_mut().insert(written);
    }
    request
}

/// Lambda's context as povery's own.
fn lambda_context(context: Context, now: SystemTime) -> LambdaContext {
    let left = time_left(context.deadline, now);
    LambdaContext {
        request_id: context.request_id,
        function_arn: context.invoked_function_arn,
        trace_id: context.xray_trace_id,
        // One that is over before it begins is none: `cargo lambda watch` sends a constant.
        deadline: (!left.is_zero()).then(|| Instant::now() + left),
        function_name: context.env_config.function_name.clone(),
        function_version: context.env_config.version.clone(),
        memory: u32::try_from(context.env_config.memory)
            .ok()
            .filter(|&memory| memory > 0),
        tenant_id: context.tenant_id,
        identity: context.identity.and_then(json),
        client_context: context.client_context.and_then(json),
    }
}

fn json(value: impl Serialize) -> Option<Value> {
    serde_json::to_value(value).ok()
}

/// The peer as the gateway says it.
fn client_addr(context: &RequestContext, headers: &HeaderMap) -> Option<IpAddr> {
    let said = match context {
        RequestContext::ApiGatewayV1(context) => context.identity.source_ip.as_deref(),
        RequestContext::ApiGatewayV2(context) => context.http.source_ip.as_deref(),
        // What stands before the last entry came with the request, so anybody may have written it.
        RequestContext::Alb(_) => {
            let mut lines = headers.get_all("x-forwarded-for").into_iter();
            lines.next_back()?.to_str().ok()?.rsplit(',').next()
        }
        _ => None,
    }?;
    let said = said.trim();
    // A load balancer can be told to keep the port.
    let address = said.parse().map(|socket: SocketAddr| socket.ip());
    address.or_else(|_| said.parse()).ok()
}

/// The path and query as they were sent. `lambda_http` puts the stage of a REST API before the path,
/// and resolves dot segments before anyone can refuse them. An HTTP API has its stage in the path
/// unless it is `$default`.
fn sent_uri(request: &lambda_http::Request) -> Uri {
    let raw = request.raw_http_path();
    let stage = match request.request_context_ref() {
        Some(RequestContext::ApiGatewayV2(context)) => context.stage.as_deref(),
        _ => None,
    };
    let stripped = stage
        .and_then(|stage| raw.strip_prefix('/')?.strip_prefix(stage))
        .filter(|rest| rest.is_empty() || rest.starts_with('/'));
    let path = match stripped.unwrap_or(raw) {
        "" => "/",
        path => path,
    };
    // An HTTP API has decoded the path, so it may hold what a URI may not.
    let mut target = utf8_percent_encode(path, NOT_IN_A_PATH).to_string();
    if let Some(query) = request.uri().query() {
        target.push('?');
        target.push_str(query);
    }
    // What is no URI even so, such as one of 64 KiB, must not be routed by what others make of it: this
    // path is refused.
    target.parse().unwrap_or_else(|_| Uri::from_static("//"))
}

/// What must be escaped in a path (RFC 3986, section 3.3); `%` stays, as most origins have escaped.
const NOT_IN_A_PATH: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'#')
    .add(b'<')
    .add(b'>')
    .add(b'?')
    .add(b'`')
    .add(b'{')
    .add(b'}');

/// The time until a deadline in milliseconds since 1970. A clock that has jumped gives no more than
/// the 15 minutes that an invocation can have.
fn time_left(deadline: u64, now: SystemTime) -> Duration {
    const LONGEST: Duration = Duration::from_secs(15 * 60);
    let now = now
        .duration_since(SystemTime::UNIX_EPOCH)
        .unwrap_or_default();
    Duration::from_millis(deadline)
        .saturating_sub(now)
        .min(LONGEST)
}

/// The answer with a body that `lambda_http` sends as text where it is text.
fn outgoing(response: Response) -> http::Response<lambda_http::Body> {
    response.map(
        |body: Body| match String::from_utf8(body.into_bytes().into()) {
            Ok(text) if text.is_empty() => lambda_http::Body::Empty,
            Ok(text) => lambda_http::Body::Text(text),
            Err(binary) => lambda_http::Body::Binary(binary.into_bytes()),
        },
    )
}

#[cfg(test)]
mod tests;
