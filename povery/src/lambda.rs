//! The Lambda host: invocations in, answers out, through `lambda_runtime`.

mod answering;
mod buffered;
mod extension;
#[cfg(feature = "lambda_http")]
pub(crate) mod interop;
mod sandbox;
mod snapshot;

use std::future::poll_fn;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant, SystemTime};

use lambda_runtime::{Context, Diagnostic, LambdaEvent, Runtime, service_fn};
use serde::Serialize;
use serde_json::Value;
use tokio::sync::RwLock;
use tokio::time::timeout;
use tower::util::{MapFutureLayer, option_layer};

use crate::app::{App, InvokeMode, SHUTDOWN};
use crate::environment::is_local_run;
use crate::error::{BoxError, wire};
use crate::event::{Event, Http, Outgoing, Unknown};
use crate::observation::{Observation, Told};
use crate::request::{Host, LambdaContext};
use crate::response::Response;
use crate::signal::Stop;
use answering::{Answering, Reply, reply};
use sandbox::{Ended, Sandbox};
use snapshot::Snapshot;

/// How long invocations under way may take once the process is told to end. Lambda tells it when there are
/// none; this is for hosts that do not wait.
const DRAIN: Duration = Duration::from_millis(80);
const _: () = assert!(DRAIN.as_millis() < SHUTDOWN.as_millis());

/// The way in of every invocation.
#[derive(Default)]
struct Door {
    closed: AtomicBool,
    /// Held for reading by each invocation, from its event to its answer.
    within: RwLock<()>,
}

/// Serves invocations until the sandbox ends.
pub(crate) async fn serve(app: App) -> Result<(), BoxError> {
    let streams = app.inner.invoke_mode == InvokeMode::ResponseStream;
    let listens = !app.inner.listeners.is_empty();
    let sandbox = Arc::new(Sandbox::new(app.clone()));
    let answering = (streams || listens).then(|| Answering::new(Arc::clone(&sandbox)));
    // Boxed, since every layer of `lambda_runtime` moves it once more, and it has all of a request in it.
    let handler =
        service_fn(move |event: LambdaEvent<Event>| Box::pin(answer(Arc::clone(&sandbox), event)));
    let door = Arc::new(Door::default());
    let entrance = Arc::clone(&door);
    let runtime = Runtime::new(handler)
        // Without `TracingLayer`: each request and each call has its own span.
        .layer(option_layer(answering))
        .layer(MapFutureLayer::new(move |invocation| {
            admitted(Arc::clone(&entrance), invocation)
        }))
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
    // For good: workers of `lambda_runtime` go on until the runtime is gone.
    door.closed.store(true, Ordering::SeqCst);
    tokio::select! {
        // Nobody is within, or the time for those who are is up.
        _ = timeout(DRAIN, door.within.write()) => {}
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

/// An invocation, which begins only while the door is open.
async fn admitted<F: Future>(door: Arc<Door>, invocation: F) -> F::Output {
    let within = door.within.read().await;
    if door.closed.load(Ordering::SeqCst) {
        drop(within);
        std::future::pending::<()>().await;
    }
    invocation.await
}

/// The answer to an invocation. One that is no HTTP request is its error, and the next one is served.
async fn answer(sandbox: Arc<Sandbox>, event: LambdaEvent<Event>) -> Result<Outgoing, Diagnostic> {
    let (Event(event), context) = event.into_parts();
    let context = lambda_context(context, SystemTime::now());
    let observation = sandbox.begin(&context);
    // In its place, as in dispatch.
    let mut answer = pin!(async {
        let http = event.map_err(failure)?;
        Ok(outgoing(&sandbox.app, http, context, &observation).await)
    });
    let answer = poll_fn(|cx| observation.within(|| answer.as_mut().poll(cx))).await;
    let ended = match &answer {
        Ok(outgoing) => Ended::Status(outgoing.status()),
        Err(_) => Ended::Failed,
    };
    sandbox.end(&observation, ended);
    answer
}

/// The answer to a request for a gateway that does not stream.
async fn outgoing(
    app: &App,
    http: Http,
    context: LambdaContext,
    observation: &Arc<Observation>,
) -> Outgoing {
    let (origin, format) = (http.origin, app.inner.error_format);
    let response = respond(app, http, context, observation).await;
    let response = buffered::whole(response, format, observation.id()).await;
    Outgoing::new(origin, response, observation.id().as_str())
}

/// The application's response, or the refusal of a request that cannot be understood.
async fn respond(
    app: &App,
    http: Http,
    context: LambdaContext,
    observation: &Arc<Observation>,
) -> Response {
    let format = app.inner.error_format;
    match http.request {
        Ok(mut request) => {
            attach(&mut request.head.host, observation, context);
            app.answer(request).await
        }
        Err(error) => {
            let response = wire::response(&error, format, observation.id().as_str());
            response.map(|body| if http.head { Vec::new() } else { body }.into())
        }
    }
}

fn failure(unknown: Unknown) -> Diagnostic {
    let observation = Observation::current();
    let observation = observation.as_deref();
    let request_id = observation.map(|observation| observation.id().as_str());
    let Told {
        latency_ms,
        cold_start,
        remaining_ms,
    } = observation.and_then(Observation::tell).unwrap_or_default();
    tracing::error!(
        request_id,
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

/// Adds what the invocation says to what the gateway says.
fn attach(host: &mut Host, observation: &Arc<Observation>, context: LambdaContext) {
    host.id = Some(observation.id().clone());
    host.observation = Some(Arc::clone(observation));
    host.deadline = context.deadline;
    host.lambda = Some(context);
}

/// Lambda's context as povery's own.
fn lambda_context(context: Context, now: SystemTime) -> LambdaContext {
    let left = time_left(context.deadline, now);
    LambdaContext {
        request_id: context.request_id,
        function_arn: context.invoked_function_arn,
        trace_id: context.xray_trace_id,
        // One that is over before it begins is none: `cargo lambda watch` sends a constant.
        deadline: (!left.is_zero()).then(|| Instant::now() + left).into(),
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

/// What the function answers to the bytes of an event under the request id `test`: for tests.
///
/// # Errors
///
/// The type and the message of the invocation's error.
#[doc(hidden)]
pub async fn invoke(app: App, event: &[u8]) -> Result<Vec<u8>, (String, String)> {
    let not_json = |error: &dyn std::error::Error| ("NotJson".to_owned(), error.to_string());
    let written =
        |outgoing: &Outgoing| serde_json::to_vec(outgoing).map_err(|error| not_json(&error));
    let mut context = Context::default();
    context.request_id = "test".to_owned();
    if !app.inner.listeners.is_empty() {
        let event = bytes::Bytes::copy_from_slice(event);
        let context = lambda_context(context, SystemTime::now());
        let sandbox = Sandbox::unlogged(app);
        return match reply(&sandbox, event, context).await {
            Reply::Buffered(outgoing) => written(&outgoing),
            Reply::Returned(answer) => Ok(answer.into()),
            Reply::Failed(error) => Err((error.error_type, error.error_message)),
            Reply::Streamed(..) => {
                Err(("Streamed".to_owned(), "the answer is a stream".to_owned()))
            }
        };
    }
    let mut json = serde_json::Deserializer::from_slice(event);
    let event = serde_path_to_error::deserialize(&mut json).map_err(|error| not_json(&error))?;
    json.end().map_err(|error| not_json(&error))?;
    let sandbox = Arc::new(Sandbox::unlogged(app));
    match answer(sandbox, LambdaEvent::new(event, context)).await {
        Ok(outgoing) => written(&outgoing),
        Err(error) => Err((error.error_type, error.error_message)),
    }
}

#[cfg(test)]
mod tests;
