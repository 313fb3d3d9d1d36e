//! Invocations as `lambda_runtime` hands them out, and their answers, which it does not write: streams, in the format of
//! `InvokeWithResponseStream`, whole answers, and errors.
//!
//! It could answer by itself, but of an event it keeps no bytes, so what is needed of it would be copied, and what a stream fails
//! with it writes into the body, as text, and ends it as if it were complete. Its layers may answer an invocation in its place,
//! which is what this one does.

mod body;

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use http::header::{CONTENT_TYPE, TRAILER, TRANSFER_ENCODING};
use http::{HeaderName, HeaderValue, Method, Request};
use lambda_runtime::LambdaInvocation;
use lambda_runtime_api_client::body::Body as ApiBody;
use lambda_runtime_api_client::{PooledClient, build_request};
use serde::Serialize;
use tokio::time::{Instant, timeout_at};

use super::context::lambda_context;
use super::door::Door;
use super::reply::{Reply, panicked, reply};
use super::sandbox::Sandbox;
use crate::contained::contained;
use crate::environment::max_concurrency;
use crate::error::BoxError;
use crate::request::{LambdaContext, RequestId};
use body::{ERROR_BODY, ERROR_TYPE, Streamed};

const HTTP_INTEGRATION: HeaderValue =
    HeaderValue::from_static("application/vnd.awslambda.http-integration-response");
const RESPONSE_MODE: HeaderName = HeaderName::from_static("lambda-runtime-function-response-mode");
/// By which Lambda tells answers that come late from those that it waits for.
const INVOCATION_ID: HeaderName = HeaderName::from_static("lambda-runtime-invocation-id");

/// How long before the end of the invocation nobody waits any longer for Lambda to take the response.
const BEFORE_THE_END: Duration = Duration::from_millis(50);

/// Answers invocations, in place of the service of `lambda_runtime`.
pub(super) struct Answering {
    sandbox: Sandbox,
    door: Arc<Door>,
    /// Beside that of `lambda_runtime`, which it keeps for itself. Nothing is sent by it before a snapshot is restored.
    client: PooledClient,
    /// Whether other invocations are answered meanwhile.
    is_concurrent: bool,
}

impl Answering {
    pub(super) fn new(sandbox: Sandbox, door: Arc<Door>) -> Self {
        let concurrency = max_concurrency();
        Self {
            sandbox,
            door,
            client: PooledClient::builder().with_pool_size(concurrency).build(),
            is_concurrent: concurrency > 1,
        }
    }

    /// # Errors
    ///
    /// What is said cannot be written, which ends the process, or the worker that is one of several.
    pub(super) fn answer(
        self: Arc<Self>,
        invocation: LambdaInvocation,
    ) -> impl Future<Output = Result<(), BoxError>> {
        let LambdaInvocation {
            parts,
            body,
            context,
        } = invocation;
        let context = Arc::new(lambda_context(context, SystemTime::now()));
        let invocation_id = parts.headers.get(&INVOCATION_ID);
        let invocation_id = invocation_id.filter(|id| id.to_str().is_ok()).cloned();
        // What is not needed any more does not move with it.
        async move { self.answered(body, context, invocation_id).await }
    }

    async fn answered(
        &self,
        event: Bytes,
        context: Arc<LambdaContext>,
        invocation_id: Option<HeaderValue>,
    ) -> Result<(), BoxError> {
        let _within = self.door.enter().await;
        let end = context.deadline.instant().map(Instant::from_std);
        let observation = self.sandbox.begin(&context);
        let id = observation.id();
        let reply = reply(&self.sandbox, event, context, &observation).await;
        let is_whole = reply.is_whole();
        #[cfg(feature = "opentelemetry")]
        let last = end.map(|end| end - BEFORE_THE_END);
        // A timer costs a system call, and for one answer that is whole Lambda itself is one.
        let end = end.filter(|_| self.is_concurrent || !is_whole);
        let mut request = posted(reply, id)?;
        if let Some(invocation_id) = invocation_id {
            request.headers_mut().insert(INVOCATION_ID, invocation_id);
        }
        deliver(&self.client, request, id, end, is_whole).await;
        // The sandbox may be frozen once the next invocation is asked for; not one that has others under way.
        #[cfg(feature = "opentelemetry")]
        if let Some(telemetry) = &self.sandbox.app.inner.telemetry
            && !self.is_concurrent
        {
            Box::pin(telemetry.flush(id, last)).await;
        }
        Ok(())
    }
}

/// The request that says it, or that there was a panic on the way.
fn posted(reply: Reply, id: &RequestId) -> Result<Request<ApiBody>, BoxError> {
    let mut request = None;
    contained(|| request = Some(into_request(reply, id)));
    request.unwrap_or_else(|| into_request(Reply::Failed(panicked(id)), id))
}

fn into_request(reply: Reply, id: &RequestId) -> Result<Request<ApiBody>, BoxError> {
    match reply {
        Reply::Streamed(prelude, body) => {
            let prelude = serde_json::to_vec(&prelude)?;
            let body = ApiBody::new(Streamed::new(prelude.into(), body));
            let mut request = post(id, "response", body)?;
            let headers = request.headers_mut();
            headers.insert(CONTENT_TYPE, HTTP_INTEGRATION);
            headers.insert(RESPONSE_MODE, HeaderValue::from_static("streaming"));
            headers.insert(TRANSFER_ENCODING, HeaderValue::from_static("chunked"));
            headers.append(TRAILER, ERROR_TYPE.into());
            headers.append(TRAILER, ERROR_BODY.into());
            Ok(request)
        }
        Reply::Buffered(outgoing) => {
            let json = outgoing.to_json()?;
            // It is the application's, and what it says stands in there already.
            contained(|| drop(outgoing));
            post(id, "response", json.into())
        }
        Reply::Returned(answer) => post(id, "response", answer.into()),
        Reply::Failed(diagnostic) => {
            let mut request = post(id, "error", json(&diagnostic)?)?;
            let unhandled = HeaderValue::from_static("unhandled");
            request.headers_mut().insert(ERROR_TYPE, unhandled);
            Ok(request)
        }
    }
}

fn json(value: &impl Serialize) -> Result<ApiBody, BoxError> {
    Ok(serde_json::to_vec(value)?.into())
}

fn post(id: &RequestId, what: &str, body: ApiBody) -> Result<Request<ApiBody>, BoxError> {
    let id = id.as_str();
    let target = format!("/2018-06-01/runtime/invocation/{id}/{what}");
    let request = build_request().method(Method::POST).uri(target);
    Ok(request.body(body)?)
}

/// Sends what is said to an invocation. Where that fails, the log says so, and the next one is asked for.
async fn deliver(
    client: &PooledClient,
    request: Request<ApiBody>,
    id: &RequestId,
    end: Option<Instant>,
    is_whole: bool,
) {
    let request_id = id.as_str();
    let sent = client.call(request);
    // One that is late is still tried.
    let until = end.map(|end| (end - BEFORE_THE_END).max(Instant::now() + BEFORE_THE_END));
    let sent = match until {
        Some(until) => match timeout_at(until, sent).await {
            Ok(sent) => sent,
            Err(_) => {
                let text = "the response was not taken before the invocation ends";
                return contained(|| tracing::error!(request_id, "{text}"));
            }
        },
        None => sent.await,
    };
    match sent {
        Ok(answer) if answer.status().is_success() => {}
        Ok(answer) => {
            let status = answer.status().as_u16();
            contained(|| tracing::error!(request_id, status, "Lambda refused the response"));
        }
        Err(error) => {
            let error = crate::error::chain(error.as_ref());
            contained(|| match is_whole {
                true => tracing::error!(request_id, "the response could not be sent: {error}"),
                // Most likely nobody reads it any more.
                false => tracing::warn!(request_id, "the response could not be sent: {error}"),
            });
        }
    }
}

#[cfg(test)]
mod tests;
