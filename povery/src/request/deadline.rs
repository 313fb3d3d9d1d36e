//! When an invocation ends.

use std::time::{Duration, Instant};

use tokio::time::{sleep_until, timeout_at};

use crate::error::PoveryError;

/// When the invocation ends at the latest. On Lambda it is the function's timeout; in the local server,
/// under `cargo lambda watch` and in tests there is [none](Self::NONE) unless a host or test sets one.
///
/// Every handler may take it as an argument; `Option<Deadline>` is `None` where there is none. A request
/// that is still under way 200 ms before the end is dropped where it waits and answered with 504, so work
/// that has another answer to give for want of time is [bound](Self::bound) to end earlier. A handler that
/// blocks its thread does not wait, and cannot be ended.
///
/// # Example
///
/// ```
/// use std::time::Duration;
/// use povery::prelude::*;
/// use povery::Deadline;
///
/// async fn recommended() -> Vec<String> {
///     vec!["slow to find".to_owned()]
/// }
///
/// #[povery::route(GET, "/recommended")]
/// async fn list(deadline: Deadline) -> Json<Vec<String>> {
///     // An answer without recommendations is better than none.
///     let found = deadline.bound(Duration::from_secs(1), recommended()).await;
///     Json(found.unwrap_or_default())
/// }
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Deadline(Option<Instant>);

impl Deadline {
    /// The deadline of what may take as long as it likes.
    pub const NONE: Self = Self(None);

    /// The moment that lies `time` ahead of now: for tests, and for hosts of one's own, which put it among
    /// the request's extensions. [`Deadline::NONE`] if no clock reaches that far.
    ///
    /// # Example
    ///
    /// ```
    /// use std::time::Duration;
    /// use povery::Deadline;
    ///
    /// let left = Deadline::after(Duration::from_secs(3)).remaining();
    /// assert!(left.is_some_and(|left| left <= Duration::from_secs(3)));
    /// ```
    pub fn after(time: Duration) -> Self {
        Self(Instant::now().checked_add(time))
    }

    /// The moment itself; `None` where there is none.
    pub fn instant(self) -> Option<Instant> {
        self.0
    }

    /// The time until then, zero once it has passed; `None` where there is none.
    pub fn remaining(self) -> Option<Duration> {
        let end = self.0?;
        Some(end.saturating_duration_since(Instant::now()))
    }

    /// Waits until `leave` before the end; for ever where there is no deadline.
    ///
    /// For `tokio::select!`, or to end work that runs beside the handler.
    pub async fn near(self, leave: Duration) {
        match self.less(leave) {
            Some(end) => sleep_until(end.into()).await,
            None => std::future::pending().await,
        }
    }

    /// What comes of `future` if it comes while more than `leave` is left. Else it is dropped where it waits.
    ///
    /// `leave` is what the handler then still needs, and the 200 ms that povery keeps for the answer.
    ///
    /// # Errors
    ///
    /// A [`PoveryError`] that is answered with 504 `TIMEOUT`. Never where there is no deadline.
    ///
    /// # Example
    ///
    /// ```
    /// use std::time::Duration;
    /// use povery::{Deadline, PoveryError, StatusCode};
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), PoveryError> {
    /// let leave = Duration::from_millis(300);
    /// let soon = Deadline::after(Duration::from_millis(310));
    /// let error = soon.bound(leave, std::future::pending::<()>()).await.unwrap_err();
    /// assert_eq!(error.status(), StatusCode::GATEWAY_TIMEOUT);
    ///
    /// assert_eq!(Deadline::NONE.bound(leave, async { 1 }).await?, 1);
    /// # Ok(()) }
    /// ```
    pub async fn bound<F: IntoFuture>(
        self,
        leave: Duration,
        future: F,
    ) -> Result<F::Output, PoveryError> {
        match self.less(leave) {
            None => Ok(future.await),
            Some(end) => timeout_at(end.into(), future)
                .await
                .map_err(|_| PoveryError::timeout("The request took too long")),
        }
    }

    fn less(self, leave: Duration) -> Option<Instant> {
        let end = self.0?;
        Some(end.checked_sub(leave).unwrap_or_else(Instant::now))
    }
}

impl From<Instant> for Deadline {
    fn from(end: Instant) -> Self {
        Self(Some(end))
    }
}

impl From<Option<Instant>> for Deadline {
    fn from(end: Option<Instant>) -> Self {
        Self(end)
    }
}

#[cfg(test)]
mod tests {
    use std::future::pending;

    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    /// A deadline on tokio's clock, which a test can stop.
    fn after(time: Duration) -> Deadline {
        (tokio::time::Instant::now() + time).into_std().into()
    }

    #[tokio::test(start_paused = true)]
    async fn work_is_bound_to_leave_the_time_that_is_asked_for() {
        let start = tokio::time::Instant::now();
        let late = after(10 * SECOND).bound(3 * SECOND, pending::<()>()).await;
        assert_eq!(late.map_err(|error| error.status().as_u16()), Err(504));
        assert_eq!(start.elapsed(), 7 * SECOND);
        let work = tokio::time::sleep(2 * SECOND);
        assert!(after(10 * SECOND).bound(3 * SECOND, work).await.is_ok());
        assert_eq!(start.elapsed(), 9 * SECOND);
        after(2 * SECOND).near(SECOND).await;
        assert_eq!(start.elapsed(), 10 * SECOND);
    }

    #[tokio::test(start_paused = true)]
    async fn what_leaves_no_time_ends_at_once_unless_it_is_done() {
        let start = tokio::time::Instant::now();
        for leave in [2 * SECOND, Duration::MAX] {
            assert!(after(SECOND).bound(leave, pending::<()>()).await.is_err());
            assert_eq!(after(SECOND).bound(leave, async { 1 }).await.ok(), Some(1));
        }
        // A timer that has passed fires with the next millisecond of the clock.
        assert!(start.elapsed() <= Duration::from_millis(5));
    }

    #[tokio::test(start_paused = true)]
    async fn without_one_nothing_is_bound() {
        let work = tokio::time::sleep(1_000_000 * SECOND);
        assert!(Deadline::NONE.bound(SECOND, work).await.is_ok());
        assert_eq!(
            (Deadline::NONE.instant(), Deadline::NONE.remaining()),
            (None, None)
        );
        assert_eq!(Deadline::after(Duration::MAX), Deadline::NONE);
        let ever = Deadline::NONE.near(Duration::ZERO);
        assert!(
            tokio::time::timeout(1_000_000 * SECOND, ever)
                .await
                .is_err()
        );
    }

    #[test]
    fn one_that_has_passed_has_nothing_left() {
        let past = Deadline::from(Instant::now());
        assert_eq!(past.remaining(), Some(Duration::ZERO));
    }
}
