//! One transaction, which several handles share: not begun, open, or over.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use tokio::sync::{MappedMutexGuard, Mutex, MutexGuard};
use tokio::time::timeout;

use super::commit_error::CommitError;
use super::mode::Mode;
use super::open::{Open, begin};
use crate::db::fault;
use crate::db::pool::{Handle, ROLLBACK};
use crate::db::statement::bounded;

/// A transaction, which its first statement begins. Dropped, it is rolled back.
pub(in crate::db) struct Shared {
    pub(super) pool: Handle,
    mode: Mode,
    /// Whether it ends with the answer to a request, and not by its handle.
    pub(super) of_request: bool,
    state: Mutex<State>,
    /// Set before the end, so that nobody who waits for the state begins anything.
    closing: AtomicBool,
}

enum State {
    Unbegun,
    Open(Open),
    Over,
}

const OVER: &str = "the transaction has ended";

impl Shared {
    pub(in crate::db) fn new(pool: Handle, mode: Mode, of_request: bool) -> Self {
        Self {
            pool,
            mode,
            of_request,
            state: Mutex::new(State::Unbegun),
            closing: AtomicBool::new(false),
        }
    }

    /// The transaction, begun if it is not yet, for one statement at a time.
    pub(super) async fn open(&self) -> Result<MappedMutexGuard<'_, Open>, sqlx::Error> {
        // Who waits for a stream that he himself holds waits no longer than for any statement.
        let end = self.pool.statement_end();
        let mut state = bounded(end, async { Ok(self.state.lock().await) }).await?;
        if self.closing.load(Ordering::Relaxed) {
            return Err(fault::ended(OVER));
        }
        if matches!(*state, State::Unbegun) {
            *state = State::Open(begin(&self.pool, self.mode).await?);
        }
        if let State::Open(open) = &mut *state
            && open.is_lost()
        {
            return Err(open.lost(end).await.into_sqlx());
        }
        let open = MutexGuard::try_map(state, |state| match state {
            State::Open(open) => Some(open),
            _ => None,
        });
        open.map_err(|_| fault::ended(OVER))
    }

    /// Commits what has begun, with an answer at `until` at the latest.
    pub(in crate::db) async fn commit(&self, until: Option<Instant>) -> Result<(), CommitError> {
        let is_given_up = self.closing.swap(true, Ordering::Relaxed);
        let state = bounded(until, async { Ok(self.state.lock().await) }).await;
        let mut state = state.map_err(CommitError::RolledBack)?;
        match std::mem::replace(&mut *state, State::Over) {
            // It was to be rolled back, and who held it then has let go since.
            State::Open(open) if is_given_up => {
                open.roll_back().await;
                Err(CommitError::Lost)
            }
            State::Open(open) => open.commit(until).await,
            State::Unbegun | State::Over => Ok(()),
        }
    }

    /// Rolls back what has begun, within 100 ms; a connection that is not free of it by then is closed.
    pub(in crate::db) async fn roll_back(&self) {
        self.closing.store(true, Ordering::Relaxed);
        // Whoever holds it longer rolls back when he lets go.
        let Ok(mut state) = timeout(ROLLBACK, self.state.lock()).await else {
            return;
        };
        if let State::Open(open) = std::mem::replace(&mut *state, State::Over) {
            open.roll_back().await;
        }
    }

    /// Undoes what was done since that savepoint; without one, what is in savepoints of sqlx's that nobody has ended.
    ///
    /// # Errors
    ///
    /// The transaction is lost, or the server says so.
    pub(in crate::db) async fn rewind(
        &self,
        savepoint: Option<&'static str>,
    ) -> Result<(), sqlx::Error> {
        self.open().await?.rewind(savepoint).await
    }

    pub(in crate::db) fn mode(&self) -> Mode {
        self.mode
    }

    /// Whether it has failed in a way that running it again may mend.
    pub(super) async fn has_conflict(&self) -> bool {
        // A handle that is still in use somewhere else is not waited for.
        let state = timeout(ROLLBACK, self.state.lock()).await;
        state.is_ok_and(|state| matches!(&*state, State::Open(open) if open.has_conflict()))
    }
}
