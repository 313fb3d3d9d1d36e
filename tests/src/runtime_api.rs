//! The Lambda Runtime API, served to a function on this machine.

mod lifecycle;
mod streamed;

pub use lifecycle::Lifecycle;
pub use streamed::{Part, StreamedInvocation, StreamedResponse};

use std::collections::HashMap;
use std::fmt;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use http::{Method, Request, Response, StatusCode};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::sync::{Mutex as AsyncMutex, mpsc, oneshot, watch};
use tokio::task::{JoinHandle, JoinSet};
use uuid::Uuid;

/// The version that all paths begin with.
const PREFIX: &str = "/2018-06-01/runtime/";
/// The Amazon Resource Name that every invocation carries.
const ARN: &str = "arn:aws:lambda:eu-central-1:000000000000:function:povery-tests";

/// The function answered an invocation with an error, or failed to start.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvocationError {
    /// Lambda's `errorType`.
    pub error_type: String,
    /// Lambda's `errorMessage`.
    pub message: String,
}

impl fmt::Display for InvocationError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.error_type, self.message)
    }
}

impl std::error::Error for InvocationError {}

/// What the function made of one invocation.
pub type Outcome = Result<Bytes, InvocationError>;

/// An invocation that waits for the function, or for its outcome.
#[derive(Debug)]
pub struct Invocation {
    /// Its request id.
    pub request_id: String,
    /// Receives the outcome.
    pub outcome: oneshot::Receiver<Outcome>,
}

/// A Lambda Runtime API on a free port of 127.0.0.1. Invocations are handed out in order, one to
/// each request for the next, so several may be in flight. It ends when dropped.
#[derive(Debug)]
pub struct RuntimeApi {
    address: SocketAddr,
    shared: Arc<Shared>,
    server: JoinHandle<()>,
}

#[derive(Debug)]
struct Shared {
    timeout: Duration,
    /// How many milliseconds later than that deadlines are told.
    shift: AtomicI64,
    /// What a caller sends beside the event.
    client_context: Mutex<Option<String>>,
    trace: Mutex<Option<String>>,
    enqueue: mpsc::UnboundedSender<(String, Bytes)>,
    queue: AsyncMutex<mpsc::UnboundedReceiver<(String, Bytes)>>,
    state: Mutex<State>,
    lifecycle: watch::Sender<Lifecycle>,
}

#[derive(Debug, Default)]
struct State {
    in_flight: HashMap<String, oneshot::Sender<Outcome>>,
    /// Those whose responses are read as they arrive.
    streamed: HashMap<String, oneshot::Sender<Result<StreamedResponse, InvocationError>>>,
    init_error: Option<InvocationError>,
}

impl RuntimeApi {
    /// Starts serving. `timeout` is the function's: each invocation's deadline is that much later
    /// than the moment it is handed out. (It is only announced, not enforced.)
    ///
    /// # Panics
    /// If no port can be had.
    pub async fn start(timeout: Duration) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await;
        let listener = listener.expect("127.0.0.1 has a free port");
        let address = listener
            .local_addr()
            .expect("a bound socket has an address");
        let (enqueue, queue) = mpsc::unbounded_channel();
        let shared = Arc::new(Shared {
            timeout,
            shift: AtomicI64::new(0),
            client_context: Mutex::default(),
            trace: Mutex::default(),
            enqueue,
            queue: AsyncMutex::new(queue),
            state: Mutex::default(),
            lifecycle: watch::Sender::default(),
        });
        let server = tokio::spawn(serve(listener, Arc::clone(&shared)));
        Self {
            address,
            shared,
            server,
        }
    }

    /// Its address: the value for `AWS_LAMBDA_RUNTIME_API`.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Queues an invocation. After a failed initialisation its outcome is that failure.
    #[must_use]
    pub fn enqueue(&self, event: Bytes) -> Invocation {
        let request_id = Uuid::new_v4().to_string();
        let (sender, outcome) = oneshot::channel();
        let mut state = self.shared.state();
        if let Some(error) = &state.init_error {
            let _ = sender.send(Err(error.clone()));
        } else {
            state.in_flight.insert(request_id.clone(), sender);
            let _ = self.shared.enqueue.send((request_id.clone(), event));
        }
        Invocation {
            request_id,
            outcome,
        }
    }

    /// Queues an invocation whose response is read as it arrives.
    #[must_use]
    pub fn enqueue_streamed(&self, event: Bytes) -> StreamedInvocation {
        let request_id = Uuid::new_v4().to_string();
        let (sender, response) = oneshot::channel();
        self.shared
            .state()
            .streamed
            .insert(request_id.clone(), sender);
        let _ = self.shared.enqueue.send((request_id.clone(), event));
        StreamedInvocation {
            request_id,
            response,
        }
    }

    /// Tells deadlines that many milliseconds later, or earlier, from now on: what a clock of the sandbox that
    /// has jumped makes of them.
    pub fn shift_deadlines(&self, milliseconds: i64) {
        self.shared.shift.store(milliseconds, Ordering::Relaxed);
    }

    /// Sends that client context, JSON, with every invocation from now on.
    pub fn set_client_context(&self, context: Option<String>) {
        let own = &self.shared.client_context;
        *own.lock().unwrap_or_else(PoisonError::into_inner) = context;
    }

    /// The trace header of the invocations that are asked for from now on; one of its own, that is not sampled, unless it is set.
    pub fn set_trace(&self, header: Option<String>) {
        let own = &self.shared.trace;
        *own.lock().unwrap_or_else(PoisonError::into_inner) = header;
    }

    /// What the function reported to `/init/error`, if it did.
    #[must_use]
    pub fn init_error(&self) -> Option<InvocationError> {
        self.shared.state().init_error.clone()
    }
}

impl Drop for RuntimeApi {
    fn drop(&mut self) {
        self.server.abort();
    }
}

/// Accepts connections; they end with this task.
async fn serve(listener: TcpListener, shared: Arc<Shared>) {
    let mut connections = JoinSet::new();
    while let Ok((stream, _)) = listener.accept().await {
        while connections.try_join_next().is_some() {}
        let _ = stream.set_nodelay(true);
        let shared = Arc::clone(&shared);
        let service = service_fn(move |request| {
            let shared = Arc::clone(&shared);
            async move { shared.answer(request).await }
        });
        connections.spawn(async move {
            // A function that is killed drops its connections; that is no error of this host's.
            let _ = http1::Builder::new()
                .serve_connection(TokioIo::new(stream), service)
                .await;
        });
    }
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn answer(
        &self,
        request: Request<Incoming>,
    ) -> Result<Response<Full<Bytes>>, lifecycle::Broken> {
        let (parts, body) = request.into_parts();
        let path = parts.uri.path().strip_prefix(PREFIX).unwrap_or_default();
        if path == "invocation/next" && parts.method == Method::GET {
            self.lifecycle.send_modify(|state| state.serves = true);
            return Ok(self.next().await);
        }
        let steps: Vec<_> = path.split('/').collect();
        if let (&Method::POST, ["invocation", id, "response"]) = (&parts.method, &*steps) {
            let waiting = self.state().streamed.remove(*id);
            if let Some(waiting) = waiting {
                return Ok(streamed::hand_on(waiting, parts.headers, body).await);
            }
        }
        let Ok(body) = body.collect().await else {
            return Ok(status(StatusCode::BAD_REQUEST));
        };
        let body = body.to_bytes();
        Ok(match (&parts.method, &*steps) {
            (&Method::POST, ["invocation", id, "response"]) => self.complete(id, Ok(body)),
            (&Method::POST, ["invocation", id, "error"]) => self.complete(id, Err(failure(&body))),
            (&Method::POST, ["init", "error"]) => self.give_up(failure(&body)),
            _ => return lifecycle::answer(&self.lifecycle, &parts, &body).await,
        })
    }

    /// The next invocation, as soon as there is one.
    async fn next(&self) -> Response<Full<Bytes>> {
        let Some((id, event)) = self.queue.lock().await.recv().await else {
            return status(StatusCode::GONE);
        };
        let deadline = SystemTime::now() + self.timeout;
        let deadline = deadline
            .duration_since(SystemTime::UNIX_EPOCH)
            .unwrap_or_default();
        let trace = self.trace.lock().unwrap_or_else(PoisonError::into_inner);
        let trace = trace.clone().unwrap_or_else(|| {
            let trace = Uuid::new_v4().simple().to_string();
            let (time, unique) = trace.split_at(8);
            format!("Root=1-{time}-{unique};Sampled=0")
        });
        let context = &self.client_context;
        let context = context
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        let mut response = Response::builder();
        if let Some(context) = context {
            response = response.header("lambda-runtime-client-context", context);
        }
        response
            .header("content-type", "application/json")
            .header("lambda-runtime-aws-request-id", id)
            .header(
                "lambda-runtime-deadline-ms",
                self.shifted(deadline).to_string(),
            )
            .header("lambda-runtime-invoked-function-arn", ARN)
            .header("lambda-runtime-trace-id", trace)
            .body(Full::new(event))
            .unwrap_or_else(|_| status(StatusCode::INTERNAL_SERVER_ERROR))
    }

    /// Milliseconds since 1970.
    fn shifted(&self, deadline: Duration) -> i64 {
        let deadline = i64::try_from(deadline.as_millis()).unwrap_or(i64::MAX);
        let shift = self.shift.load(Ordering::Relaxed);
        deadline.saturating_add(shift).max(0)
    }

    fn complete(&self, id: &str, outcome: Outcome) -> Response<Full<Bytes>> {
        let mut state = self.state();
        if let (Err(error), Some(waiting)) = (&outcome, state.streamed.remove(id)) {
            let _ = waiting.send(Err(error.clone()));
            return status(StatusCode::ACCEPTED);
        }
        match state.in_flight.remove(id) {
            Some(waiting) => {
                let _ = waiting.send(outcome);
                status(StatusCode::ACCEPTED)
            }
            None => status(StatusCode::BAD_REQUEST),
        }
    }

    fn give_up(&self, error: InvocationError) -> Response<Full<Bytes>> {
        let mut state = self.state();
        for (_, waiting) in state.in_flight.drain() {
            let _ = waiting.send(Err(error.clone()));
        }
        state.init_error = Some(error);
        status(StatusCode::ACCEPTED)
    }
}

/// Lambda's error document, or whatever else was sent.
fn failure(body: &Bytes) -> InvocationError {
    let document: Value = serde_json::from_slice(body).unwrap_or_default();
    let field = |name: &str| document[name].as_str().map(str::to_owned);
    InvocationError {
        error_type: field("errorType").unwrap_or_default(),
        message: field("errorMessage")
            .unwrap_or_else(|| String::from_utf8_lossy(body).into_owned()),
    }
}

fn status(status: StatusCode) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(Bytes::new()));
    *response.status_mut() = status;
    response
}

#[cfg(test)]
mod tests;
