//! What an application does around a snapshot and before it ends.

use std::fmt;
use std::panic::{AssertUnwindSafe, Location};
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt;
use tokio::time::{Instant, timeout_at};

use super::App;
use super::dispatch::panic_text;
use crate::error::{BoxError, chain};

/// What Lambda leaves for a restore is 10 s, of which its own work takes some.
const RESTORE: Duration = Duration::from_secs(9);
/// What the hooks of a shutdown have together. Lambda kills the process 300 ms after it was told to end
/// (500 ms without an external extension), and the pool comes after the hooks.
pub(crate) const SHUTDOWN: Duration = Duration::from_millis(230);
/// What the pool has to tell the server that its connections end.
#[cfg(feature = "postgres")]
const POOL: Duration = Duration::from_millis(40);
#[cfg(feature = "postgres")]
const _: () = assert!(SHUTDOWN.as_millis() + POOL.as_millis() < 300);

/// Lambda kills the process then.
const _: () = assert!(SHUTDOWN.as_millis() < 300);

/// A moment in the life of an application at which [`App::on`] calls hooks.
///
/// The guide [`docs::lifecycle`](crate::docs::lifecycle) tells what Lambda does at each.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Lifecycle {
    /// Lambda is about to take the snapshot that SnapStart restores sandboxes from: connections are to be
    /// closed, secrets to be forgotten. Hooks run in the reverse order of their registration. There is no
    /// bound but Lambda's, that of the initialisation.
    BeforeSnapshot,
    /// A sandbox was restored from the snapshot, and no invocation has come yet: what must be unique or
    /// fresh is to be made anew. Hooks run in the order of their registration, at most 9 s in all.
    AfterRestore,
    /// The application ends: what is buffered is to be sent. Hooks run in the reverse order of their
    /// registration, at most 230 ms in all.
    Shutdown,
}

/// What a hook may return: nothing, or a `Result` of it.
#[diagnostic::on_unimplemented(
    message = "a hook returns nothing or a `Result<(), E>`, not `{Self}`",
    label = "this hook returns something else",
    note = "`E` is anything that `?` turns into a boxed error"
)]
pub trait HookOutcome {
    /// Whether the hook did its work.
    ///
    /// # Errors
    ///
    /// The hook's own.
    fn into_result(self) -> Result<(), BoxError>;
}

impl HookOutcome for () {
    fn into_result(self) -> Result<(), BoxError> {
        Ok(())
    }
}

impl<E: Into<BoxError>> HookOutcome for Result<(), E> {
    fn into_result(self) -> Result<(), BoxError> {
        self.map_err(Into::into)
    }
}

type Running = Pin<Box<dyn Future<Output = Result<(), BoxError>> + Send>>;

#[derive(Clone)]
pub(crate) struct Hook {
    moment: Lifecycle,
    site: &'static Location<'static>,
    start: Arc<dyn Fn() -> Running + Send + Sync>,
}

impl App {
    /// Calls `hook` at that moment: before and after a SnapStart snapshot, or before the application ends.
    ///
    /// Any number may be registered: what others build on comes first. Before a snapshot and at the end
    /// they run in reverse order, one after the other, and then every `Pool` lets go of its connections. A
    /// hook must not block its thread, or it cannot be bound.
    ///
    /// A hook that fails or panics before or after a snapshot ends the function, and Lambda is told why;
    /// at the end it is logged, and the others run all the same.
    ///
    /// The end is a SIGTERM or Ctrl-C, wherever the application runs. On Lambda there is one only for
    /// functions with an extension, so a function that has something to do then registers itself as one,
    /// which takes a request more at its start.
    ///
    /// # Example
    ///
    /// ```no_run
    /// use povery::prelude::*;
    /// use povery::Lifecycle;
    ///
    /// # #[derive(Clone)]
    /// # struct Metrics;
    /// # impl Metrics {
    /// #     fn new() -> Self { Self }
    /// #     async fn flush(&self) -> Result<(), std::io::Error> { Ok(()) }
    /// # }
    /// fn main() -> povery::Exit {
    ///     let metrics = Metrics::new();
    ///     let sent = metrics.clone();
    ///     App::new()
    ///         .state(metrics)
    ///         .on(Lifecycle::Shutdown, move || {
    ///             let metrics = sent.clone();
    ///             async move { metrics.flush().await }
    ///         })
    ///         .run()
    /// }
    /// ```
    #[must_use]
    #[track_caller]
    pub fn on<F, R>(mut self, moment: Lifecycle, hook: F) -> Self
    where
        F: Fn() -> R + Send + Sync + 'static,
        R: Future<Output: HookOutcome> + Send + 'static,
    {
        let hook = Arc::new(hook);
        self.inner_mut().hooks.push(Hook {
            moment,
            site: Location::caller(),
            start: Arc::new(move || {
                let hook = Arc::clone(&hook);
                Box::pin(async move { hook().await.into_result() })
            }),
        });
        self
    }

    fn hooks(&self, moment: Lifecycle) -> impl DoubleEndedIterator<Item = &Hook> {
        let hooks = self.inner.hooks.iter();
        hooks.filter(move |hook| hook.moment == moment)
    }

    /// Lets go of what must not be in a snapshot. The first failure is the last thing that happens.
    pub(crate) async fn before_snapshot(&self) -> Result<(), BoxError> {
        for hook in self.hooks(Lifecycle::BeforeSnapshot).rev() {
            hook.run(None).await?;
        }
        #[cfg(feature = "postgres")]
        self.inner.pools.disconnect().await;
        Ok(())
    }

    /// Makes anew what was let go: the hooks' things, and the connections that an ordinary start makes.
    pub(crate) async fn after_restore(&self) -> Result<(), BoxError> {
        let until = Instant::now() + RESTORE;
        for hook in self.hooks(Lifecycle::AfterRestore) {
            hook.run(Some(until)).await?;
        }
        #[cfg(feature = "postgres")]
        let _ = timeout_at(until, self.warm()).await;
        Ok(())
    }

    /// Connects to the databases that the routes use, within 3 s. What fails is a warning.
    #[cfg(feature = "postgres")]
    pub(crate) async fn warm(&self) {
        self.inner.pools.warm(&self.databases()).await;
    }

    /// Whether there is anything to do at the end, that is a hook, a pool that a route uses, or spans to be sent.
    pub(crate) fn has_shutdown(&self) -> bool {
        #[cfg(feature = "postgres")]
        if self.uses_database() || !self.inner.pools.is_empty() {
            return true;
        }
        #[cfg(feature = "opentelemetry")]
        if self.inner.telemetry.is_some() {
            return true;
        }
        self.hooks(Lifecycle::Shutdown).next().is_some()
    }

    /// Ends the application. Each hook is begun, also when the time of all is up.
    pub(crate) async fn shut_down(&self, until: Instant) {
        for hook in self.hooks(Lifecycle::Shutdown).rev() {
            if let Err(error) = hook.run(Some(until)).await {
                tracing::error!("{error}");
            }
        }
        // One that is cut off is closed all the same: its sockets are the process's.
        #[cfg(feature = "postgres")]
        let closed = tokio::time::timeout(POOL, self.inner.pools.close());
        #[cfg(not(feature = "postgres"))]
        let closed = std::future::ready(());
        #[cfg(feature = "opentelemetry")]
        if let Some(telemetry) = &self.inner.telemetry {
            let _ = tokio::join!(closed, telemetry.shut_down(until));
            return;
        }
        let _ = closed.await;
    }
}

impl Hook {
    async fn run(&self, until: Option<Instant>) -> Result<(), BoxError> {
        // Begun, ended and dropped in here, wherever it panics.
        let work = async {
            match until {
                None => Some((self.start)().await),
                Some(until) => timeout_at(until, (self.start)()).await.ok(),
            }
        };
        let reason = match AssertUnwindSafe(work).catch_unwind().await {
            Ok(Some(Ok(()))) => return Ok(()),
            Ok(Some(Err(error))) => format!("failed: {}", chain(error.as_ref())),
            Ok(None) => "had not ended when its time was up".to_owned(),
            Err(panic) => format!("panicked: {}", panic_text(panic)),
        };
        Err(self.failed(&reason).into())
    }

    /// One sentence: Lambda is told a text, not a chain of errors.
    fn failed(&self, reason: &str) -> String {
        format!("the hook {} {reason}", self)
    }
}

/// Where it is registered, since it has no name.
impl fmt::Display for Hook {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let moment = match self.moment {
            Lifecycle::BeforeSnapshot => "before the snapshot",
            Lifecycle::AfterRestore => "after the restore",
            Lifecycle::Shutdown => "of the shutdown",
        };
        let (file, line) = (self.site.file(), self.site.line());
        write!(f, "{moment} ({file}:{line})")
    }
}

#[cfg(test)]
mod tests;
