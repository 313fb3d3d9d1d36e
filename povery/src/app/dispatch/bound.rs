//! When a request is answered at the latest, and what becomes of what is under way then.

use std::time::{Duration, Instant};

use futures_util::FutureExt;
use futures_util::future::Either;
use tokio::time::{Instant as TokioInstant, timeout_at};

use crate::error::PoveryError;

/// How long before the end of an invocation it is answered: Lambda ends the sandbox at the deadline,
/// and the answer takes its way.
const BEFORE_THE_END: Duration = Duration::from_millis(200);

/// When a request is answered at the latest. What is still under way then is dropped where it waits, and
/// what it has acquired with it.
///
/// What stands around a handler sees the answer that its end is, so it has more time: layers of the route half of
/// what is kept, then hooks, then layers of the application. All but the handler have a quarter left behind them.
#[derive(Clone, Copy)]
pub(crate) struct Bound {
    end: TokioInstant,
    kept: Duration,
}

impl Bound {
    pub(crate) fn before(deadline: Instant) -> Self {
        let deadline = TokioInstant::from_std(deadline);
        let left = deadline.saturating_duration_since(TokioInstant::now());
        let kept = BEFORE_THE_END.min(left / 2);
        Self {
            end: deadline - kept,
            kept,
        }
    }

    /// The end of the handler.
    pub(super) fn end(self) -> TokioInstant {
        self.end
    }

    pub(super) fn of_route_layers(self) -> TokioInstant {
        self.end + self.kept * 4 / 8
    }

    pub(super) fn of_hooks(self) -> TokioInstant {
        self.end + self.kept * 5 / 8
    }

    pub(super) fn of_layers(self) -> TokioInstant {
        self.end + self.kept * 6 / 8
    }

    /// The end of what a layer has dropped: whatever it costs, the answer is not late.
    pub(super) fn of_rollback(self) -> TokioInstant {
        self.end + self.kept * 7 / 8
    }

    /// Whether nothing more is to be begun.
    #[cfg(feature = "events")]
    pub(crate) fn has_passed(self) -> bool {
        TokioInstant::now() >= self.end
    }
}

/// What comes of the work by then; it is dropped where it takes longer.
///
/// No `async fn`, which would have room for the work twice: once as its argument.
pub(super) fn within<T>(
    end: Option<TokioInstant>,
    work: impl Future<Output = Result<T, PoveryError>>,
) -> impl Future<Output = Result<T, PoveryError>> {
    let late = |_| Err(PoveryError::timeout("The request took too long"));
    match end {
        Some(end) => Either::Left(timeout_at(end, work).map(move |done| done.unwrap_or_else(late))),
        None => Either::Right(work),
    }
}
