//! What all handles of a pool share: slots for connections, and those that are idle.

use std::sync::atomic::AtomicU64;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use futures_util::future::join_all;
use sqlx::postgres::PgTransactionManager;
use sqlx::{Connection, PgConnection};
use sqlx_core::transaction::TransactionManager;
use tokio::sync::Semaphore;
use tokio::time::timeout;

use super::probe::Probe;
use crate::db::credentials::Credentials;
use crate::db::database::title;
use crate::db::options::PoolOptions;
use crate::db::session::Session;
use crate::db::source::CredentialSource;
use crate::db::stats::{Counters, Discard, PoolStats};

pub(in crate::db) struct Slots {
    /// The database, for logs.
    pub(in crate::db) name: &'static str,
    pub(super) options: PoolOptions,
    pub(super) size: usize,
    pub(super) free: Semaphore,
    idle: Mutex<Vec<Live>>,
    pub(in crate::db) source: Box<dyn CredentialSource>,
    /// Held by the one that looks for a login that is not refused.
    pub(super) renewal: tokio::sync::Mutex<()>,
    /// The login that it found.
    renewed: Mutex<Option<Credentials>>,
    /// The login that was refused last, while none has been accepted since.
    refused: Mutex<Option<Credentials>>,
    pub(super) probe: Probe,
    pub(super) invocations: AtomicU64,
    pub(in crate::db) counters: Counters,
}

/// A connection, and what is known of it.
pub(in crate::db) struct Live {
    pub(in crate::db) connection: PgConnection,
    /// None behind a proxy, where sessions are shared.
    pub(in crate::db) session: Option<Session>,
    /// The invocation in which it last proved to be alive.
    pub(super) validated: Option<u64>,
    /// Whether the server still owes an answer that nobody waits for.
    pub(super) owed: bool,
    pub(super) since: Instant,
    pub(super) used: Instant,
}

impl Live {
    /// How many transactions and savepoints are open, as far as sqlx knows.
    pub(in crate::db) fn depth(&self) -> usize {
        PgTransactionManager::get_transaction_depth(&self.connection)
    }

    /// Queues the end of every transaction that is open.
    pub(in crate::db) fn start_rollback(&mut self) {
        while self.depth() > 0 {
            PgTransactionManager::start_rollback(&mut self.connection);
        }
    }
}

impl Slots {
    pub(super) fn new(
        name: &'static str,
        source: Box<dyn CredentialSource>,
        options: PoolOptions,
        size: usize,
    ) -> Self {
        Self {
            name,
            size,
            free: Semaphore::new(size.min(Semaphore::MAX_PERMITS)),
            idle: Mutex::default(),
            source,
            options,
            renewal: tokio::sync::Mutex::default(),
            renewed: Mutex::default(),
            refused: Mutex::default(),
            probe: Probe::default(),
            invocations: AtomicU64::new(0),
            counters: Counters::default(),
        }
    }

    fn idle(&self) -> MutexGuard<'_, Vec<Live>> {
        // Nothing panics while it is held, and a list of connections has no state to break.
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn idle_count(&self) -> usize {
        self.idle().len()
    }

    pub(in crate::db) fn stats(&self) -> PoolStats {
        let in_use = self.size - self.free.available_permits().min(self.size);
        self.counters.snapshot(self.size, self.idle_count(), in_use)
    }

    /// Closes a connection by dropping it.
    pub(in crate::db) fn discard(&self, live: Live, why: Discard) {
        drop(live);
        self.counters.discarded(why);
        tracing::debug!(
            database = title(self.name),
            reason = why.reason(),
            "connection discarded"
        );
    }

    /// The idle connection that was used last, if there is one that is not too old.
    pub(super) fn take(&self) -> Option<Live> {
        loop {
            let live = self.idle().pop()?;
            if !self.is_too_old(&live) {
                return Some(live);
            }
            self.discard(live, Discard::Age);
        }
    }

    fn is_too_old(&self, live: &Live) -> bool {
        let PoolOptions {
            max_lifetime, idle, ..
        } = self.options;
        max_lifetime.is_some_and(|longest| live.since.elapsed() > longest)
            || idle.is_some_and(|longest| live.used.elapsed() > longest)
    }

    pub(super) fn put(&self, live: Live) {
        // The slots are closed before the idle connections are: one of the two sees the other.
        self.idle().push(live);
        if self.free.is_closed() {
            self.discard_idle(Discard::Closed, |_| true);
        }
    }

    /// Drops idle connections of which `what` is true.
    pub(super) fn discard_idle(&self, why: Discard, what: impl Fn(&Live) -> bool) {
        for live in self.take_idle(what) {
            self.discard(live, why);
        }
    }

    /// The idle connections of which `what` is true, taken out.
    pub(super) fn take_idle(&self, what: impl Fn(&Live) -> bool) -> Vec<Live> {
        let mut idle = self.idle();
        if !idle.iter().any(&what) {
            return Vec::new();
        }
        let (taken, kept) = std::mem::take(&mut *idle).into_iter().partition(what);
        *idle = kept;
        taken
    }

    pub(super) async fn close_idle(&self) {
        let idle = self.take_idle(|_| true);
        // A server that no longer answers has nothing to be told.
        let closing = idle.into_iter().map(|live| {
            self.counters.discarded(Discard::Closed);
            timeout(self.options.ping, live.connection.close())
        });
        join_all(closing).await;
    }

    pub(super) fn renewed(&self) -> Option<Credentials> {
        self.renewed
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    pub(super) fn set_renewed(&self, credentials: Option<Credentials>) {
        *self.renewed.lock().unwrap_or_else(PoisonError::into_inner) = credentials;
    }

    /// Whether this login was refused last. It says so once: it may have been let in meanwhile, and the source not be
    /// there to ask for another.
    pub(super) fn was_refused(&self, credentials: &Credentials) -> bool {
        let mut refused = self.refused.lock().unwrap_or_else(PoisonError::into_inner);
        refused
            .take_if(|refused| refused.same_login(credentials))
            .is_some()
    }

    pub(super) fn set_refused(&self, credentials: Option<Credentials>) {
        *self.refused.lock().unwrap_or_else(PoisonError::into_inner) = credentials;
    }
}
