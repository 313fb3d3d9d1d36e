//! The way in of every invocation.

use std::future::pending;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::sync::{RwLock, RwLockReadGuard};

/// Closed once the process is told to end.
#[derive(Default)]
pub(super) struct Door {
    closed: AtomicBool,
    /// Held for reading by each invocation, from its event to its answer.
    within: RwLock<()>,
}

impl Door {
    /// Whoever comes once it is closed waits for ever.
    pub(super) async fn enter(&self) -> RwLockReadGuard<'_, ()> {
        let within = self.within.read().await;
        if self.closed.load(Ordering::SeqCst) {
            drop(within);
            return pending().await;
        }
        within
    }

    /// For good: workers of `lambda_runtime` go on until the runtime is gone.
    pub(super) fn close(&self) {
        self.closed.store(true, Ordering::SeqCst);
    }

    /// Waits until nobody is within.
    pub(super) async fn empty(&self) {
        drop(self.within.write().await);
    }
}
