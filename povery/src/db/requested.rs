//! What one request, or one part of an invocation, uses of the pools.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use futures_util::future::{BoxFuture, join_all};
use tokio::time::timeout_at;

use super::database::{Database, title};
use super::health::DatabaseHealth;
use super::pool::{Handle, Pool};
use super::pools::Pools;
use super::transaction::{CommitError, Mode, Shared, TransactionMode, Tx};
use crate::error::PoveryError;

/// How long before the end of an invocation nobody waits for a commit any longer.
const COMMIT_RESERVE: Duration = Duration::from_millis(100);
/// The longest that a commit takes where no invocation bounds it.
const COMMIT: Duration = Duration::from_secs(30);

/// What one request uses of the pools: a handle, and a transaction, for each database. All its arguments share
/// them.
pub(crate) struct Requested {
    pools: Arc<Pools>,
    deadline: Option<Instant>,
    idempotent: AtomicBool,
    /// Whether the transaction has what is kept although the answer is no success.
    kept: AtomicBool,
    /// Whether nothing more is to be begun: who waited for the handler has given up.
    over: AtomicBool,
    /// Whether a commit is under way, whose outcome nobody knows who does not wait for it.
    committing: AtomicBool,
    /// Of the invocation of which this is a part; `None` where it is all of it.
    numbers: Option<Arc<Numbers>>,
    used: Mutex<Vec<Used>>,
}

/// The numbers of one invocation at the pools that its parts use, such as the records of a batch.
#[derive(Default)]
pub(crate) struct Numbers(Mutex<Vec<(&'static str, u64)>>);

impl Numbers {
    fn of(&self, name: &'static str, pool: &Handle) -> u64 {
        let mut numbers = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, number)) = numbers.iter().find(|(other, _)| *other == name) {
            return *number;
        }
        let number = pool.next_invocation();
        numbers.push((name, number));
        number
    }
}

struct Used {
    name: &'static str,
    pool: Handle,
    transaction: Option<Arc<Shared>>,
}

impl Requested {
    pub(crate) fn new(pools: Arc<Pools>, deadline: Option<Instant>) -> Self {
        Self {
            pools,
            deadline,
            idempotent: AtomicBool::new(false),
            kept: AtomicBool::new(false),
            over: AtomicBool::new(false),
            committing: AtomicBool::new(false),
            numbers: None,
            used: Mutex::default(),
        }
    }

    /// This is a part of the invocation with these numbers.
    pub(crate) fn part_of(mut self, numbers: Arc<Numbers>) -> Self {
        self.numbers = Some(numbers);
        self
    }

    /// The route says that a statement may be run again.
    pub(crate) fn set_idempotent(&self, idempotent: bool) {
        self.idempotent.store(idempotent, Ordering::Relaxed);
    }

    fn used(&self) -> MutexGuard<'_, Vec<Used>> {
        self.used.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn of<T>(&self, name: &'static str, what: impl FnOnce(&mut Used) -> T) -> T {
        let mut used = self.used();
        if let Some(used) = used.iter_mut().find(|used| used.name == name) {
            return what(used);
        }
        let idempotent = self.idempotent.load(Ordering::Relaxed);
        let pool = self.pools.handle(name);
        let pool = match &self.numbers {
            Some(numbers) => pool.for_part(numbers.of(name, &pool), self.deadline, idempotent),
            None => pool.for_invocation(self.deadline, idempotent),
        };
        used.push(Used {
            name,
            pool,
            transaction: None,
        });
        let last = used.len() - 1;
        what(&mut used[last])
    }

    pub(crate) fn pool<D: Database>(&self) -> Pool<D> {
        self.of(D::NAME, |used| Pool::of(used.pool.clone()))
    }

    /// The transaction of the request.
    ///
    /// # Errors
    ///
    /// Another argument has asked for it in another mode.
    pub(crate) fn transaction<M, D>(&self) -> Result<Tx<M, D>, PoveryError>
    where
        M: TransactionMode,
        D: Database,
    {
        self.transaction_of(D::NAME, M::MODE)
    }

    /// The transaction of the request on the database of that name, as any `Tx`.
    ///
    /// # Errors
    ///
    /// As [`transaction`](Self::transaction).
    pub(crate) fn transaction_of<M, D>(
        &self,
        name: &'static str,
        mode: Mode,
    ) -> Result<Tx<M, D>, PoveryError> {
        if self.over.load(Ordering::Relaxed) {
            return Err(PoveryError::unavailable("The request has been given up"));
        }
        self.of(name, |used| {
            let pool = &used.pool;
            let shared = used
                .transaction
                .get_or_insert_with(|| Arc::new(Shared::new(pool.clone(), mode, true)));
            if shared.mode() != mode {
                return Err(PoveryError::internal(format!(
                    "two arguments want the one transaction of the request in two modes, `{:?}` and `{mode:?}` \
                     (database {}): take `Tx` of one mode",
                    shared.mode(),
                    title(name)
                )));
            }
            Ok(Tx::of(Arc::clone(shared)))
        })
    }

    /// What is known of all databases of the application.
    pub(crate) async fn health(&self) -> Vec<DatabaseHealth> {
        self.pools.health().await
    }

    /// What is in the transaction is kept, whatever the answer's status.
    pub(crate) fn keep(&self) {
        self.kept.store(true, Ordering::Relaxed);
    }

    pub(crate) fn is_kept(&self) -> bool {
        self.kept.load(Ordering::Relaxed)
    }

    fn transactions(&self) -> Vec<Arc<Shared>> {
        let used = self.used();
        used.iter()
            .filter_map(|used| used.transaction.clone())
            .collect()
    }

    /// Ends the request's use of the databases before its answer is given on: commits, where the answer is a success,
    /// or rolls back, and leaves nothing behind that works on.
    ///
    /// # Errors
    ///
    /// A commit that failed, or may have.
    pub(crate) async fn end(&self, success: bool) -> Result<(), PoveryError> {
        if self.used().is_empty() {
            return Ok(());
        }
        // All that may be done there is a large type, which whoever awaits it need not have within.
        let ended: BoxFuture<'_, _> = Box::pin(self.ended(success));
        ended.await
    }

    async fn ended(&self, success: bool) -> Result<(), PoveryError> {
        let mut transactions = self.transactions().into_iter();
        let mut result = Ok(());
        self.committing.store(success, Ordering::Relaxed);
        while success
            && result.is_ok()
            && let Some(transaction) = transactions.next()
        {
            result = transaction.commit(Some(self.commit_end())).await;
        }
        self.committing.store(false, Ordering::Relaxed);
        // All at once: a hung one takes all of its time, which is as much as there is.
        join_all(transactions.map(|transaction| async move { transaction.roll_back().await }))
            .await;
        let pools: Vec<_> = self.used().iter().map(|used| used.pool.clone()).collect();
        join_all(pools.iter().map(Handle::settle)).await;
        result.map_err(answer)
    }

    /// Rolls back what has not ended, where nobody waits for the handler any longer, by then at the latest.
    ///
    /// # Errors
    ///
    /// A commit was under way: what it did is not known.
    pub(crate) async fn abandon(&self, until: Option<Instant>) -> Result<(), PoveryError> {
        self.over.store(true, Ordering::Relaxed);
        let was_committing = self.committing.swap(false, Ordering::Relaxed);
        // What it is cut off from is closed.
        let rolled_back = self.end(false);
        let _ = match until {
            Some(until) => timeout_at(until.into(), rolled_back)
                .await
                .unwrap_or(Ok(())),
            None => rolled_back.await,
        };
        match was_committing {
            true => Err(PoveryError::unavailable(UNKNOWN)),
            false => Ok(()),
        }
    }

    fn commit_end(&self) -> Instant {
        match self.deadline {
            Some(deadline) => deadline.checked_sub(COMMIT_RESERVE).unwrap_or(deadline),
            None => Instant::now() + COMMIT,
        }
    }
}

const UNKNOWN: &str = "The outcome is unknown: the database did not confirm the commit";

fn answer(error: CommitError) -> PoveryError {
    match error {
        CommitError::RolledBack(error) | CommitError::Conflict(error) => error.into(),
        CommitError::Lost => {
            PoveryError::unavailable("Nothing was stored: the database connection was lost")
        }
        CommitError::Unknown(error) => PoveryError::unavailable(UNKNOWN).with_source(error),
    }
}
