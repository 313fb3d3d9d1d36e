//! The Lambda host: invocations in, answers out, through `lambda_runtime`.

mod answering;
mod buffered;
mod context;
mod door;
mod extension;
#[cfg(feature = "lambda_http")]
pub(crate) mod interop;
mod reply;
mod sandbox;
mod snapshot;

use std::pin::pin;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use lambda_runtime::{Context, Diagnostic, LambdaEvent, Runtime, service_fn};
use serde::de::IgnoredAny;
use tokio::time::timeout;
use tower::layer::layer_fn;

use crate::app::{App, SHUTDOWN};
use crate::environment::is_local_run;
use crate::error::BoxError;
use crate::signal::Stop;
use answering::Answering;
use context::lambda_context;
use door::Door;
use reply::{Reply, reply};
use sandbox::Sandbox;
use snapshot::Snapshot;

/// How long invocations under way may take once the process is told to end. Lambda tells it when there are
/// none; this is for hosts that do not wait.
const DRAIN: Duration = Duration::from_millis(80);
const _: () = assert!(DRAIN.as_millis() < SHUTDOWN.as_millis());

/// Serves invocations until the sandbox ends.
pub(crate) async fn serve(app: App) -> Result<(), BoxError> {
    let door = Arc::new(Door::default());
    let answering = Answering::new(Sandbox::new(app.clone()), Arc::clone(&door));
    let answering = Arc::new(answering);
    // `lambda_runtime` asks for invocations, and what stands in place of its own service answers them.
    let unused = service_fn(async |_: LambdaEvent<IgnoredAny>| Ok::<_, Diagnostic>(()));
    let answer = service_fn(move |invocation| Arc::clone(&answering).answer(invocation));
    let runtime = Runtime::new(unused)
        .layer(layer_fn(move |_| answer.clone()))
        .register_snapstart_resource(Arc::new(Snapshot(app.clone())));
    #[cfg(feature = "postgres")]
    let starting = starting(&app);
    #[cfg(not(feature = "postgres"))]
    let starting = std::future::ready(());
    // One after the other, unless `AWS_LAMBDA_MAX_CONCURRENCY` says otherwise.
    let serving = runtime.run_concurrent();
    if !app.has_shutdown() {
        starting.await;
        return serving.await;
    }
    let mut stop = Stop::listen()?;
    // `cargo lambda watch` knows no extensions, and ends its functions as a terminal does.
    if !is_local_run() {
        tokio::join!(extension::register(), starting);
    }
    let mut serving = pin!(serving);
    let ended = tokio::select! {
        result = &mut serving => Some(result),
        () = stop.next() => None,
    };
    let until = tokio::time::Instant::now() + SHUTDOWN;
    door.close();
    tokio::select! {
        // Nobody is within, or the time for those who are is up.
        _ = timeout(DRAIN, door.empty()) => {}
        _ = &mut serving, if ended.is_none() => {}
    }
    app.shut_down(until).await;
    ended.unwrap_or(Ok(()))
}

/// What is done before the first invocation is asked for: connecting, unless a snapshot is taken first, which must
/// have no connection.
#[cfg(feature = "postgres")]
async fn starting(app: &App) {
    let kind = crate::environment::variable("AWS_LAMBDA_INITIALIZATION_TYPE");
    let snapshot = kind.as_deref() == Some("snap-start");
    if !snapshot && !is_local_run() {
        app.warm().await;
    }
}

/// What the function answers to the bytes of an event under the request id `test`: for tests.
///
/// # Errors
///
/// The type and the message of the invocation's error.
#[doc(hidden)]
pub async fn invoke(app: App, event: &[u8]) -> Result<Vec<u8>, (String, String)> {
    let mut context = Context::default();
    context.request_id = "test".to_owned();
    let context = Arc::new(lambda_context(context, SystemTime::now()));
    let sandbox = Sandbox::unlogged(app);
    let observation = sandbox.begin(&context);
    let event = Bytes::copy_from_slice(event);
    match reply(&sandbox, event, context, &observation).await {
        Reply::Buffered(outgoing) => outgoing
            .to_json()
            .map_err(|error| ("NotJson".to_owned(), error.to_string())),
        Reply::Returned(answer) => Ok(answer.into()),
        Reply::Failed(error) => Err((error.error_type, error.error_message)),
        Reply::Streamed(..) => Err(("Streamed".to_owned(), "the answer is a stream".to_owned())),
    }
}

#[cfg(test)]
mod tests;
#[cfg(all(test, feature = "opentelemetry"))]
mod traced;
