//! The sandbox of a function: which of its invocations is the first, and the line and the metrics of each.

use std::cell::RefCell;
use std::io::Write;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

use crate::app::App;
use crate::contained::contained;
use crate::environment::{is_local_run, variable};
use crate::log::{LONGEST_PATH, shortened};
use crate::metrics::{self, Answered, Metrics, Totals};
use crate::observation::{Observation, Told, WITHOUT_STATUS};
use crate::request::{LambdaContext, RequestId};

/// What is there for all invocations.
pub(super) struct Sandbox {
    pub(super) app: App,
    /// Whether each invocation is told. In a local run whoever invokes the function shows that.
    is_logged: bool,
    /// Whether nobody has waited for the sandbox to start, or its first invocation has come.
    is_warm: AtomicBool,
    function: String,
    /// What the pools had done when they were told last.
    pools: Mutex<Totals>,
}

/// How an invocation ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ended {
    Status(u16),
    Done,
    Failed,
}

thread_local! {
    static LINE: RefCell<String> = RefCell::default();
}

impl Sandbox {
    pub(super) fn new(app: App) -> Self {
        let kind = variable("AWS_LAMBDA_INITIALIZATION_TYPE");
        Self {
            is_logged: !is_local_run(),
            is_warm: AtomicBool::new(kind.as_deref() == Some("provisioned-concurrency")),
            function: variable("AWS_LAMBDA_FUNCTION_NAME").unwrap_or_else(|| "function".to_owned()),
            ..Self::unlogged(app)
        }
    }

    /// For tests.
    pub(super) fn unlogged(app: App) -> Self {
        Self {
            app,
            is_logged: false,
            is_warm: AtomicBool::new(false),
            function: String::new(),
            pools: Mutex::default(),
        }
    }

    /// An invocation that begins.
    pub(super) fn begin(&self, context: &Arc<LambdaContext>) -> Arc<Observation> {
        let id = RequestId::from(&context.request_id);
        let observation = Observation::new(id, Some(Arc::clone(context)));
        if !self.is_logged {
            return Arc::new(observation);
        }
        let is_cold = !self.is_warm.swap(true, Ordering::Relaxed);
        Arc::new(observation.logged(is_cold, self.app.inner.metrics.is_some()))
    }

    /// Its end: one line, unless its failure was that, with the same status, and the one of its metrics. What panics in the log changes no answer.
    pub(super) fn end(&self, observation: &Observation, ended: Ended) {
        if !self.is_logged {
            return;
        }
        let status = match ended {
            Ended::Status(status) => status,
            Ended::Done | Ended::Failed => WITHOUT_STATUS,
        };
        if let Some(told) = observation.tell_end(status) {
            contained(|| write(observation, ended, told));
        }
        if let Some(metrics) = &self.app.inner.metrics {
            contained(|| self.measure(metrics, observation, ended));
        }
    }

    fn measure(&self, metrics: &Metrics, observation: &Observation, ended: Ended) {
        let answered = Answered {
            request_id: observation.id().as_str(),
            trace_id: observation.trace_id(),
            route: observation.subject().map(|subject| subject.as_str()),
            took: observation.took(),
            is_client_error: matches!(ended, Ended::Status(400..500)),
            is_server_error: matches!(ended, Ended::Failed | Ended::Status(500..)),
            is_cold: observation.is_cold(),
            measures: &observation.measures(),
            pools: self.pools_since(),
        };
        LINE.with_borrow_mut(|line| {
            line.clear();
            metrics::write(metrics, &self.function, &answered, SystemTime::now(), line);
            // There is nobody to tell that it cannot be written.
            let _ = std::io::stdout().lock().write_all(line.as_bytes());
        });
    }

    /// What the pools have done since they were told last.
    #[cfg(feature = "postgres")]
    fn pools_since(&self) -> Option<Totals> {
        let pools = self.app.inner.pools.stats();
        if pools.is_empty() {
            return None;
        }
        let now = Totals::of(&pools);
        let mut before = self.pools.lock().unwrap_or_else(PoisonError::into_inner);
        let since = now.since(&before);
        *before = now;
        Some(since)
    }

    #[cfg(not(feature = "postgres"))]
    fn pools_since(&self) -> Option<Totals> {
        let _ = (&self.pools, PoisonError::<()>::into_inner);
        None
    }
}

/// The line of an invocation.
fn write(observation: &Observation, ended: Ended, told: Told) {
    let Told {
        latency_ms,
        cold_start,
        remaining_ms,
    } = told;
    let (request_id, trace_id) = (observation.id().as_str(), observation.trace_id());
    let subject = observation.subject().map(|subject| subject.as_str());
    match ended {
        Ended::Status(status) => {
            let method = observation.asked().map(|(method, _)| method.as_str());
            let path = observation.path();
            let path = path.as_deref().map(|path| shortened(path, LONGEST_PATH));
            let path = path.as_deref();
            tracing::info!(
                request_id,
                trace_id,
                method,
                route = subject,
                path,
                status,
                latency_ms,
                cold_start,
                remaining_ms,
                "request completed"
            );
        }
        Ended::Done | Ended::Failed => {
            let outcome = if ended == Ended::Done {
                "done"
            } else {
                "failed"
            };
            tracing::info!(
                request_id,
                trace_id,
                handler = subject,
                outcome,
                latency_ms,
                cold_start,
                remaining_ms,
                "invocation completed"
            );
        }
    }
}
