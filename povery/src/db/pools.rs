//! The pools of an application, and what one request uses of them.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};
use std::time::{Duration, Instant};

use futures_util::future::{BoxFuture, join_all};
use tokio::time::timeout_at;

use super::database::{Database, prefix, title};
use super::health::DatabaseHealth;
use super::options::{PoolMode, PoolOptions};
use super::pool::{Handle, Pool};
use super::source;
use super::stats::PoolStats;
use super::transaction::{CommitError, Mode, Shared, TransactionMode, Tx};
use crate::environment::variable;
use crate::error::PoveryError;

/// The longest that connections are made before the first invocation.
const WARM: Duration = Duration::from_secs(3);
/// How long before the end of an invocation nobody waits for a commit any longer.
const COMMIT_RESERVE: Duration = Duration::from_millis(100);
/// The longest that a commit takes where no invocation bounds it.
const COMMIT: Duration = Duration::from_secs(30);

/// The pool that the environment describes. What is wrong with the configuration is what each statement says.
pub(super) fn configured(database: &'static str, options: PoolOptions) -> Handle {
    let prefix = prefix(database);
    let mode = format!("{prefix}DB_MODE");
    let mode = variable(&mode)
        .map(|text| PoolMode::parse(&mode, &text))
        .transpose();
    match (options.mode, mode) {
        (Some(_), _) | (None, Ok(None)) => {
            Handle::new(database, source::from_env(&prefix), options)
        }
        (None, Ok(Some(mode))) => {
            Handle::new(database, source::from_env(&prefix), options.mode(mode))
        }
        (None, Err(error)) => Handle::new(database, source::misconfigured(error), options),
    }
}

/// The pools of an application, by the names of their databases.
#[derive(Default)]
pub(crate) struct Pools {
    by_name: RwLock<Vec<(&'static str, Handle)>>,
    /// The names that the application takes, whether or not anything has been asked of them yet.
    taken: Vec<&'static str>,
    /// How much of one invocation may be under way at once, where that is more than one thing.
    #[cfg(feature = "events")]
    width: usize,
}

impl Clone for Pools {
    fn clone(&self) -> Self {
        let pools = self.by_name.read().unwrap_or_else(PoisonError::into_inner);
        Self {
            by_name: RwLock::new(pools.clone()),
            taken: self.taken.clone(),
            #[cfg(feature = "events")]
            width: self.width,
        }
    }
}

impl Pools {
    pub(crate) fn insert<D>(&mut self, name: &'static str, pool: Pool<D>) {
        let pools = self
            .by_name
            .get_mut()
            .unwrap_or_else(PoisonError::into_inner);
        pools.retain(|(other, _)| *other != name);
        pools.push((name, pool.handle));
    }

    /// Whether there is one of that name already.
    #[cfg(feature = "local")]
    pub(crate) fn has(&self, name: &str) -> bool {
        self.existing(name).is_some()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.by_name
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .is_empty()
    }

    fn existing(&self, name: &str) -> Option<Handle> {
        let pools = self.by_name.read().unwrap_or_else(PoisonError::into_inner);
        let (_, pool) = pools.iter().find(|(other, _)| *other == name)?;
        Some(pool.clone())
    }

    /// The pool of that name, which the environment describes if nothing else has.
    fn handle(&self, name: &'static str) -> Handle {
        if let Some(pool) = self.existing(name) {
            return pool;
        }
        let mut pools = self.by_name.write().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, pool)) = pools.iter().find(|(other, _)| *other == name) {
            return pool.clone();
        }
        let pool = configured(name, self.options());
        pools.push((name, pool.clone()));
        pool
    }

    #[cfg(not(feature = "events"))]
    fn options(&self) -> PoolOptions {
        PoolOptions::new()
    }

    /// A connection for each record that is handled at once, and one more.
    #[cfg(feature = "events")]
    fn options(&self) -> PoolOptions {
        let options = PoolOptions::new();
        match self.width {
            0 | 1 => options,
            width => options.size(crate::environment::max_concurrency() * width + 1),
        }
    }

    /// Pools that the environment describes have a connection for each of `width` records of an invocation.
    #[cfg(feature = "events")]
    pub(crate) fn make_room(self: &mut Arc<Self>, width: usize) {
        Arc::make_mut(self).width = width;
    }

    /// The pool of that name, outside of requests.
    #[cfg(feature = "local")]
    pub(crate) fn pool(&self, name: &'static str) -> Pool {
        Pool::of(self.handle(name))
    }

    /// The application takes the databases of these names.
    pub(crate) fn set_taken(self: &mut Arc<Self>, names: Vec<&'static str>) {
        Arc::make_mut(self).taken = names;
    }

    /// Asks all of them, at once.
    async fn health(&self) -> Vec<DatabaseHealth> {
        let mut names = self.taken.clone();
        {
            let pools = self.by_name.read().unwrap_or_else(PoisonError::into_inner);
            names.extend(pools.iter().map(|(name, _)| *name));
        }
        names.sort_unstable();
        names.dedup();
        join_all(names.into_iter().map(|name| async move {
            let pool = self.handle(name);
            pool.health().await
        }))
        .await
    }

    /// What each has done so far.
    pub(crate) fn stats(&self) -> Vec<PoolStats> {
        let stats = self.all().into_iter().map(|handle| handle.slots.stats());
        stats.collect()
    }

    fn all(&self) -> Vec<Handle> {
        let pools = self.by_name.read().unwrap_or_else(PoisonError::into_inner);
        pools.iter().map(|(_, pool)| pool.clone()).collect()
    }

    /// Connects the pools of these names, all at once, so that the first invocation need not. What fails
    /// is one warning: the first statement will say it again.
    pub(crate) async fn warm(&self, names: &[&'static str]) {
        let until = Instant::now() + WARM;
        let failures = join_all(names.iter().map(|name| async move {
            let failure = self.handle(name).warm(until).await.err()?;
            Some(format!("{} ({failure})", title(name)))
        }));
        let failures: Vec<_> = failures.await.into_iter().flatten().collect();
        if !failures.is_empty() {
            let failures = failures.join(", ").replace(['\n', '\r'], " ");
            tracing::warn!("no connection before the first invocation: {failures}");
        }
    }

    pub(crate) async fn disconnect(&self) {
        join_all(self.all().iter().map(Handle::disconnect)).await;
    }

    pub(crate) async fn close(&self) {
        join_all(self.all().iter().map(Handle::close)).await;
    }
}

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
