//! What is known of the request, or of another invocation, that is under way: for the lines of the log that are written
//! meanwhile, for the one at its end, and for its metrics.

use std::borrow::Cow;
use std::sync::atomic::{AtomicBool, AtomicU16, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use http::{Method, Uri};

use crate::metrics::{self, Measure, Unit};
use crate::redact::{self, REDACTED};
use crate::request::{LambdaContext, RequestId};

/// The target of the span around a request, which says what its observation says.
pub(crate) const SPAN: &str = "povery::dispatch";

/// That of the span around an action, or the handler of an event or of a record.
pub(crate) const CALL: &str = "povery::app::dispatch::call";

/// In place of a status, where what is told of has none.
pub(crate) const WITHOUT_STATUS: u16 = 1;

tokio::task_local! {
    static CURRENT: Arc<Observation>;
}

/// A request or another invocation.
pub(crate) struct Observation {
    id: RequestId,
    lambda: Option<Arc<LambdaContext>>,
    begun: Instant,
    /// What is asked of an HTTP request: the method, and the target as it was sent.
    asked: OnceLock<(Method, Uri)>,
    /// The path that is told while no route answers it, where something in it may be a secret.
    masked: OnceLock<String>,
    /// Whether what the route was found by is another path.
    is_rewritten: AtomicBool,
    subject: OnceLock<Subject>,
    /// Where each invocation is logged: whether it is the first one of its sandbox.
    cold_start: Option<bool>,
    /// The status that the last of its lines says, or [`WITHOUT_STATUS`]; 0 where there is none yet.
    told: AtomicU16,
    /// The developer's own metrics, where there are any.
    measures: Option<Mutex<Vec<Measure>>>,
}

/// What answers it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Subject {
    /// The template of a route.
    Route(Arc<str>),
    /// The name of an action, or of a handler of events.
    Handler(&'static str),
}

impl Subject {
    pub(crate) fn as_str(&self) -> &str {
        match self {
            Self::Route(route) => route,
            Self::Handler(handler) => handler,
        }
    }
}

/// What is told of an invocation at its end; nothing where it is not logged.
#[derive(Clone, Copy, Default)]
pub(crate) struct Told {
    pub(crate) latency_ms: Option<f64>,
    pub(crate) cold_start: Option<bool>,
    pub(crate) remaining_ms: Option<u64>,
}

impl Observation {
    /// Of a host that logs by itself, or not at all.
    pub(crate) fn new(id: RequestId, lambda: Option<Arc<LambdaContext>>) -> Self {
        Self {
            id,
            lambda,
            begun: Instant::now(),
            asked: OnceLock::new(),
            masked: OnceLock::new(),
            is_rewritten: AtomicBool::new(false),
            subject: OnceLock::new(),
            cold_start: None,
            told: AtomicU16::new(0),
            measures: None,
        }
    }

    /// Of an invocation that is logged, and measured or not.
    pub(crate) fn logged(mut self, cold_start: bool, is_measured: bool) -> Self {
        self.cold_start = Some(cold_start);
        self.measures = is_measured.then(Mutex::default);
        self
    }

    /// What is under way here; `None` outside of invocations, and in a task of its own.
    pub(crate) fn current() -> Option<Arc<Self>> {
        CURRENT.try_with(Arc::clone).ok()
    }

    /// A future that is a part of it.
    pub(crate) fn around<F: Future>(
        self: &Arc<Self>,
        future: F,
    ) -> impl Future<Output = F::Output> + use<F> {
        CURRENT.scope(Arc::clone(self), future)
    }

    /// A call that is a part of it.
    pub(crate) fn within<R>(self: &Arc<Self>, call: impl FnOnce() -> R) -> R {
        CURRENT.sync_scope(Arc::clone(self), call)
    }

    pub(crate) fn id(&self) -> &RequestId {
        &self.id
    }

    pub(crate) fn trace_id(&self) -> Option<&str> {
        self.lambda.as_deref()?.trace_id.as_deref()
    }

    /// What an HTTP request asks for, and the path that is told of it where what was sent may have a secret.
    pub(crate) fn asks(&self, method: &Method, uri: &Uri, masked: Option<String>) {
        let _ = self.asked.set((method.clone(), uri.clone()));
        if let Some(masked) = masked {
            let _ = self.masked.set(masked);
        }
    }

    pub(crate) fn asked(&self) -> Option<&(Method, Uri)> {
        self.asked.get()
    }

    /// The path that is asked for, as it was sent, without what its route captures under the name of a secret. It is encoded,
    /// so that no character in it can break a line.
    pub(crate) fn path(&self) -> Option<Cow<'_, str>> {
        let (_, uri) = self.asked()?;
        let sent = uri.path();
        let masked = self.masked.get().map_or(sent, String::as_str);
        Some(match self.subject() {
            Some(Subject::Route(route)) => match self.is_rewritten.load(Ordering::Relaxed) {
                false => redact::path(sent, route, redact::names()),
                true if redact::captures_secret(route, redact::names()) => REDACTED.into(),
                true => masked.into(),
            },
            _ => masked.into(),
        })
    }

    /// Notes by which path, as it was sent or as a layer has made it, its route was found.
    pub(crate) fn is_found_by(&self, path: &str) {
        let is_sent = self.asked().is_none_or(|(_, uri)| uri.path() == path);
        self.is_rewritten.store(!is_sent, Ordering::Relaxed);
    }

    pub(crate) fn is_for(&self, subject: Subject) {
        let _ = self.subject.set(subject);
    }

    pub(crate) fn subject(&self) -> Option<&Subject> {
        self.subject.get()
    }

    /// Where each invocation is logged: whether it is the first one of its sandbox.
    #[cfg(feature = "opentelemetry")]
    pub(crate) fn cold_start(&self) -> Option<bool> {
        self.cold_start
    }

    pub(crate) fn is_cold(&self) -> bool {
        self.cold_start == Some(true)
    }

    pub(crate) fn took(&self) -> Duration {
        self.begun.elapsed()
    }

    /// What the line at the end says, where a failure with this status is that line: `None` where there was one already.
    pub(crate) fn tell(&self, status: u16) -> Option<Told> {
        let is_first = self.told.swap(status, Ordering::Relaxed) == 0;
        is_first.then(|| self.told())
    }

    /// What the line at the end says; `None` where the last line has said this status, which somebody around a failure may
    /// have changed since.
    pub(crate) fn tell_end(&self, status: u16) -> Option<Told> {
        let is_said = self.told.swap(status, Ordering::Relaxed) == status;
        (!is_said).then(|| self.told())
    }

    fn told(&self) -> Told {
        if self.cold_start.is_none() {
            return Told::default();
        }
        let lambda = self.lambda.as_deref();
        let remaining = lambda.and_then(|lambda| lambda.deadline.remaining());
        Told {
            latency_ms: Some((self.took().as_secs_f64() * 1e6).round() / 1e3),
            cold_start: self.cold_start,
            remaining_ms: remaining.and_then(|left| left.as_millis().try_into().ok()),
        }
    }

    /// The developer's own metrics so far.
    pub(crate) fn measures(&self) -> Vec<Measure> {
        let measures = self.measures.as_ref();
        measures
            .map(|measures| {
                std::mem::take(&mut *measures.lock().unwrap_or_else(PoisonError::into_inner))
            })
            .unwrap_or_default()
    }
}

/// A value of a metric of one's own, which goes on the line of the request or invocation that is under way: see
/// [`Metrics`](crate::Metrics).
///
/// A name that is given again has several values there. Where nothing is measured, that is without
/// [`App::metrics`](crate::App::metrics), in a local run, in tests and in tasks that the handler has spawned, nothing happens.
///
/// Left out, with a warning in the log, is what CloudWatch would not take: a value that is not finite, a name that
/// does not begin with a letter, that povery has, or that is longer than 255 bytes, and what is over 90 names or 100 values of one.
///
/// # Example
///
/// ```
/// use povery::Unit;
/// use povery::prelude::*;
///
/// #[povery::route(POST, "/orders", status = 201)]
/// async fn order() {
///     povery::metric("Orders", 1.0, Unit::Count);
/// }
/// ```
pub fn metric(name: &'static str, value: f64, unit: Unit) {
    let observation = Observation::current();
    if let Some(measures) = observation
        .as_ref()
        .and_then(|observation| observation.measures.as_ref())
    {
        let mut measures = measures.lock().unwrap_or_else(PoisonError::into_inner);
        metrics::add(&mut measures, name, value, unit);
    }
}
