//! Answers that are not `lambda_runtime`'s: streams, in the format of `InvokeWithResponseStream`, and those to
//! events that are no HTTP requests, of which it keeps no bytes.
//!
//! It can stream by itself, but writes what a stream fails with into its body, as text, and
//! then ends it as if it were complete; so it does when the stream panics. Its layers may answer an
//! invocation in its place, which is what this one does.

mod body;

use std::panic::AssertUnwindSafe;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use futures_util::FutureExt;
use http::header::{CONTENT_TYPE, TRAILER, TRANSFER_ENCODING};
use http::{HeaderName, HeaderValue, Method, Request};
use lambda_runtime::{Diagnostic, LambdaInvocation};
use lambda_runtime_api_client::body::Body as ApiBody;
use lambda_runtime_api_client::{PooledClient, build_request};
use serde::Serialize;
use tokio::time::{Instant, timeout_at};
use tower::{Layer, Service};

use super::sandbox::{Ended, Sandbox};
use super::{failure, lambda_context, outgoing, respond};
use crate::app::{App, InvokeMode};
use crate::environment::max_concurrency;
use crate::error::BoxError;
use crate::event::{Event, Outgoing, Prelude, Unknown};
use crate::invocation::{self, Failure};
use crate::observation::Observation;
use crate::request::{LambdaContext, RequestId};
use crate::response::Body;
use body::{ERROR_BODY, ERROR_TYPE, Streamed};

const HTTP_INTEGRATION: HeaderValue =
    HeaderValue::from_static("application/vnd.awslambda.http-integration-response");
const RESPONSE_MODE: HeaderName = HeaderName::from_static("lambda-runtime-function-response-mode");
/// By which Lambda tells answers that come late from those that it waits for.
const INVOCATION_ID: HeaderName = HeaderName::from_static("lambda-runtime-invocation-id");

/// How long before the end of the invocation nobody waits any longer for Lambda to take the response.
const BEFORE_THE_END: Duration = Duration::from_millis(50);

/// Answers invocations, in place of the service that it is laid around.
#[derive(Clone)]
pub(super) struct Answering {
    sandbox: Arc<Sandbox>,
    client: Arc<PooledClient>,
}

impl Answering {
    pub(super) fn new(sandbox: Arc<Sandbox>) -> Self {
        let client = PooledClient::builder().with_pool_size(max_concurrency());
        Self {
            sandbox,
            client: Arc::new(client.build()),
        }
    }
}

impl<S> Layer<S> for Answering {
    type Service = Self;

    fn layer(&self, _: S) -> Self {
        self.clone()
    }
}

impl Service<LambdaInvocation> for Answering {
    type Response = ();
    type Error = BoxError;
    type Future = Pin<Box<dyn Future<Output = Result<(), BoxError>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, invocation: LambdaInvocation) -> Self::Future {
        let Self { sandbox, client } = self.clone();
        Box::pin(async move {
            let LambdaInvocation {
                parts,
                body,
                context,
            } = invocation;
            let context = lambda_context(context, SystemTime::now());
            let end = context.deadline.instant().map(Instant::from_std);
            let id = RequestId::from(&context.request_id);
            // A panic of what writes the log, most likely: that of what answers is caught in there.
            let reply = AssertUnwindSafe(reply(&sandbox, body, context)).catch_unwind();
            let reply = reply.await.unwrap_or_else(|_| Reply::Failed(panicked(&id)));
            let mut request = reply.into_request(&id)?;
            if let Some(invocation) = parts.headers.get(&INVOCATION_ID) {
                request
                    .headers_mut()
                    .insert(INVOCATION_ID, invocation.clone());
            }
            deliver(&client, request, &id, end).await;
            Ok(())
        })
    }
}

/// What is said to an invocation.
pub(super) enum Reply {
    Streamed(Prelude, Body),
    /// For a gateway that does not stream.
    Buffered(Outgoing),
    /// What an action or a batch of records gives, as JSON.
    Returned(Bytes),
    Failed(Diagnostic),
}

/// What is said to the bytes of an event.
pub(super) async fn reply(sandbox: &Sandbox, event: Bytes, context: LambdaContext) -> Reply {
    let observation = sandbox.begin(&context);
    let reply = made(&sandbox.app, event, context, &observation);
    let reply = caught(&observation, reply).await;
    sandbox.end(&observation, reply.ended());
    reply
}

/// What is said where that panics: the invocation has its line and its metrics all the same.
async fn caught(observation: &Arc<Observation>, reply: impl Future<Output = Reply>) -> Reply {
    let reply = AssertUnwindSafe(observation.around(reply)).catch_unwind();
    reply
        .await
        .unwrap_or_else(|_| Reply::Failed(panicked(observation.id())))
}

async fn made(
    app: &App,
    event: Bytes,
    context: LambdaContext,
    observation: &Arc<Observation>,
) -> Reply {
    let id = observation.id();
    let Event(read) = serde_json::from_slice(&event).unwrap_or(Event(Err(Unknown::Unreadable)));
    let http = match read {
        Ok(http) => http,
        Err(unknown) if app.inner.listeners.is_empty() => {
            return Reply::Failed(failure(unknown));
        }
        Err(unknown) => {
            return match invocation::invoke(app, unknown, &event, id, context).await {
                Ok(answer) => Reply::Returned(answer),
                Err(Failure { kind, message }) => Reply::Failed(Diagnostic {
                    error_type: kind,
                    error_message: message,
                }),
            };
        }
    };
    let origin = http.origin;
    let streams = app.inner.invoke_mode == InvokeMode::ResponseStream;
    if streams && origin.can_stream() {
        let response = respond(app, http, context, observation).await;
        let (parts, body) = response.into_parts();
        return Reply::Streamed(Prelude::new(origin, parts, id.as_str()), body);
    }
    Reply::Buffered(outgoing(app, http, context, observation).await)
}

impl Reply {
    fn ended(&self) -> Ended {
        match self {
            Self::Streamed(prelude, _) => Ended::Status(prelude.status()),
            Self::Buffered(outgoing) => Ended::Status(outgoing.status()),
            Self::Returned(_) => Ended::Done,
            Self::Failed(_) => Ended::Failed,
        }
    }

    fn into_request(self, id: &RequestId) -> Result<Request<ApiBody>, BoxError> {
        match self {
            Self::Streamed(prelude, body) => {
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
            Self::Buffered(outgoing) => post(id, "response", json(&outgoing)?),
            Self::Returned(answer) => post(id, "response", answer.into()),
            Self::Failed(diagnostic) => {
                let mut request = post(id, "error", json(&diagnostic)?)?;
                let unhandled = HeaderValue::from_static("unhandled");
                request.headers_mut().insert(ERROR_TYPE, unhandled);
                Ok(request)
            }
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

fn panicked(id: &RequestId) -> Diagnostic {
    let error_message = "the invocation panicked outside of the application".to_owned();
    tracing::error!(request_id = id.as_str(), "{error_message}");
    Diagnostic {
        error_type: "Povery.Panic".to_owned(),
        error_message,
    }
}

/// Sends what is said to an invocation. Where that fails, the log says so, and the next one is served: if
/// the Runtime API is gone, asking it for the next one fails.
async fn deliver(
    client: &PooledClient,
    request: Request<ApiBody>,
    id: &RequestId,
    end: Option<Instant>,
) {
    let request_id = id.as_str();
    let sent = client.call(request);
    let sent = match end {
        Some(end) => match timeout_at(end - BEFORE_THE_END, sent).await {
            Ok(sent) => sent,
            Err(_) => {
                let text = "the response was not taken before the invocation ends";
                tracing::error!(request_id, "{text}");
                return;
            }
        },
        None => sent.await,
    };
    match sent {
        Ok(answer) if answer.status().is_success() => {}
        Ok(answer) => {
            let status = answer.status().as_u16();
            tracing::error!(request_id, status, "Lambda refused the response");
        }
        Err(error) => {
            // Most likely nobody reads it any more.
            let error = crate::error::chain(error.as_ref());
            tracing::warn!(request_id, "the response could not be sent: {error}");
        }
    }
}

#[cfg(test)]
mod tests;
