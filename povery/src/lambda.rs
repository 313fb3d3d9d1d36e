//! The Lambda host: events in, answers out, through `lambda_http`.

use std::time::{Duration, Instant, SystemTime};

use http::Uri;
use lambda_http::request::RequestContext;
use lambda_http::{Context, RequestExt, service_fn};
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use tower::ServiceExt;

use crate::app::App;
use crate::environment::max_concurrency;
use crate::error::BoxError;
use crate::request::{Deadline, RequestId};
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

/// The request with what the invocation says: its path, its id and its deadline.
fn incoming(mut request: lambda_http::Request) -> lambda_http::Request {
    *request.uri_mut() = sent_uri(&request);
    let context: Option<Context> = request.lambda_context_ref().cloned();
    if let Some(context) = context {
        let extensions = request.extensions_mut();
        extensions.insert(RequestId::from(&context.request_id));
        // One that is over before it begins is none: `cargo lambda watch` sends a constant.
        let left = time_left(context.deadline, SystemTime::now());
        if !left.is_zero() {
            extensions.insert(Deadline(Instant::now() + left));
        }
    }
    request
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
mod tests {
    use super::*;

    #[test]
    fn a_path_that_is_no_uri_is_refused() {
        let path = |raw: &str| {
            let request = lambda_http::Request::default().with_raw_http_path(raw);
            crate::request::path::canonical(sent_uri(&request).path())
        };
        assert_eq!(path("/users/a b").unwrap(), "/users/a b");
        assert_eq!(path("").unwrap(), "/");
        assert_eq!(path(&"/a".repeat(40_000)).unwrap_err().status(), 400);
    }

    #[test]
    fn the_time_left_survives_a_clock_that_jumps() {
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(1_000);
        assert_eq!(time_left(1_003_000, now), Duration::from_secs(3));
        assert_eq!(time_left(999_000, now), Duration::ZERO);
        assert_eq!(time_left(u64::MAX, now), Duration::from_secs(900));
    }
}
