//! What is said to the bytes of an event.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use bytes::Bytes;
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use lambda_runtime::Diagnostic;

use super::buffered;
use super::sandbox::{Ended, Sandbox};
use crate::app::{App, InvokeMode};
use crate::contained::contained;
use crate::error::wire;
use crate::event::{Http, Outgoing, Prelude, Unknown};
use crate::invocation::{self, Failure};
use crate::observation::{Observation, Told, WITHOUT_STATUS};
use crate::request::{Host, LambdaContext, RequestId};
use crate::response::Body;

/// What is said to an invocation.
pub(super) enum Reply {
    Streamed(Prelude, Body),
    /// For a gateway that does not stream.
    Buffered(Outgoing),
    /// What an action or a batch of records gives, as JSON.
    Returned(Bytes),
    Failed(Diagnostic),
}

impl Reply {
    /// Whether nothing of it is still to be made.
    pub(super) fn is_whole(&self) -> bool {
        match self {
            Self::Streamed(_, body) => body.as_bytes().is_some(),
            Self::Buffered(_) | Self::Returned(_) | Self::Failed(_) => true,
        }
    }

    fn ended(&self) -> Ended {
        match self {
            Self::Streamed(prelude, _) => Ended::Status(prelude.status()),
            Self::Buffered(outgoing) => Ended::Status(outgoing.status()),
            Self::Returned(_) => Ended::Done,
            Self::Failed(_) => Ended::Failed,
        }
    }
}

/// What is said to the bytes of an event. What is neither an HTTP request nor for one of the function's actions and handlers is the
/// error of its invocation, and the next one is served.
pub(super) async fn reply(
    sandbox: &Sandbox,
    event: Bytes,
    context: Arc<LambdaContext>,
    observation: &Arc<Observation>,
) -> Reply {
    let reply = made(&sandbox.app, event, context, observation);
    let reply = caught(observation, reply).await;
    sandbox.end(observation, reply.ended());
    reply
}

/// What is said, also where making it panics: the invocation has its line and its metrics all the same.
fn caught(
    observation: &Arc<Observation>,
    reply: impl Future<Output = Reply>,
) -> impl Future<Output = Reply> {
    let reply = AssertUnwindSafe(observation.around(reply)).catch_unwind();
    let id = observation.id();
    reply.map(move |reply| {
        reply.unwrap_or_else(|panic| {
            contained(|| drop(panic));
            Reply::Failed(panicked(id))
        })
    })
}

async fn made(
    app: &App,
    event: Bytes,
    context: Arc<LambdaContext>,
    observation: &Arc<Observation>,
) -> Reply {
    let id = observation.id();
    let http = match Http::read(&event) {
        Ok(http) => http,
        Err(unknown) if app.inner.listeners.is_empty() => {
            return Reply::Failed(failure(unknown, observation));
        }
        Err(unknown) => {
            // Boxed, so that HTTP requests do not carry the room for it.
            let answer: BoxFuture<'_, _> =
                Box::pin(invocation::invoke(app, unknown, &event, id, context));
            return match answer.await {
                Ok(answer) => Reply::Returned(answer),
                Err(Failure { kind, message }) => Reply::Failed(Diagnostic {
                    error_type: kind,
                    error_message: message,
                }),
            };
        }
    };
    drop(event);
    let (origin, format) = (http.origin, app.inner.error_format);
    let response = match http.request {
        Ok(mut request) => {
            attach(&mut request.head.host, observation, context);
            app.answer(request).await
        }
        // What cannot be understood.
        Err(error) => {
            let response = wire::response(&error, format, id.as_str());
            response.map(|body| if http.head { Vec::new() } else { body }.into())
        }
    };
    let streams = app.inner.invoke_mode == InvokeMode::ResponseStream;
    if streams && origin.can_stream() {
        let (parts, body) = response.into_parts();
        return Reply::Streamed(Prelude::new(origin, parts, id.as_str()), body);
    }
    let mut response = buffered::whole(response, format, id).await;
    // Nobody reads them behind this; what the application has there may panic in the end.
    let extensions = std::mem::take(response.extensions_mut());
    contained(|| drop(extensions));
    Reply::Buffered(Outgoing::new(origin, response, id.as_str()))
}

/// Adds what the invocation says to what the gateway says.
pub(super) fn attach(host: &mut Host, observation: &Arc<Observation>, context: Arc<LambdaContext>) {
    host.id = Some(observation.id().clone());
    host.observation = Some(Arc::clone(observation));
    host.deadline = context.deadline;
    host.lambda = Some(context);
}

fn failure(unknown: Unknown, observation: &Observation) -> Diagnostic {
    let Told {
        latency_ms,
        cold_start,
        remaining_ms,
    } = observation.tell(WITHOUT_STATUS).unwrap_or_default();
    tracing::error!(
        request_id = observation.id().as_str(),
        latency_ms,
        cold_start,
        remaining_ms,
        "{unknown}"
    );
    Diagnostic {
        error_type: Unknown::ERROR_TYPE.to_owned(),
        error_message: unknown.to_string(),
    }
}

pub(super) fn panicked(id: &RequestId) -> Diagnostic {
    let error_message = "the invocation panicked outside of the application".to_owned();
    // It may have been the log.
    contained(|| tracing::error!(request_id = id.as_str(), "{error_message}"));
    Diagnostic {
        error_type: "Povery.Panic".to_owned(),
        error_message,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_panic_outside_of_the_application_ends_as_a_failure() {
        let observation = Arc::new(Observation::new("r-1".into(), None));
        let reply = caught(&observation, async { panic!("a secret") }).await;
        assert_eq!(reply.ended(), Ended::Failed);
        let Reply::Failed(diagnostic) = reply else {
            panic!("it is a failure")
        };
        assert_eq!(diagnostic.error_type, "Povery.Panic");
        assert!(!diagnostic.error_message.contains("a secret"));
    }
}
