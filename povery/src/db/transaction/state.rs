//! One transaction, which several handles share: not begun, open, or over.

use std::ops::{Deref, DerefMut};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use sqlx::postgres::PgTransactionManager;
use sqlx::{AssertSqlSafe, PgConnection, Row as _, SqlSafeStr};
use sqlx_core::transaction::TransactionManager;
use tokio::sync::{MappedMutexGuard, Mutex, MutexGuard};
use tokio::time::timeout;

use super::mode::Mode;
use crate::db::fault;
use crate::db::pool::{Handle, PoolConnection, ROLLBACK};
use crate::db::statement::{Statement, bounded};
use crate::db::stats::Discard;

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

/// A transaction that has begun.
pub(super) struct Open {
    pub(super) connection: PoolConnection,
    /// A statement has failed, or could have without our knowing: the server may refuse to commit.
    suspect: bool,
    /// Running it again as a whole may succeed.
    conflict: bool,
    /// sqlx has ended it, we do not know how.
    has_ended_early: bool,
}

/// Why nothing is stored, or may be.
#[derive(Debug)]
pub(in crate::db) enum CommitError {
    /// The server has rolled it back, and says why.
    RolledBack(sqlx::Error),
    /// The same, and running it again as a whole may succeed.
    Conflict(sqlx::Error),
    /// It was rolled back before, with its connection.
    Lost,
    /// The server was told to commit, and what it did is not known.
    Unknown(sqlx::Error),
}

impl CommitError {
    /// For who commits by himself.
    pub(super) fn into_sqlx(self) -> sqlx::Error {
        match self {
            Self::RolledBack(error) | Self::Conflict(error) | Self::Unknown(error) => error,
            Self::Lost => fault::ended(LOST),
        }
    }
}

pub(super) const LOST: &str =
    "the transaction has lost its connection, and was rolled back: nothing of it is stored";
const OVER: &str = "the transaction has ended";
const EARLY: &str = "a savepoint was given up while it began, and sqlx has ended the transaction with the one around \
    it: what of it is stored is not known";
/// Whether no transaction is open: within one, time stands still.
const IS_OVER: &str = "SELECT now() = statement_timestamp()";

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
        state.is_ok_and(|state| matches!(&*state, State::Open(open) if open.conflict))
    }
}

/// Begins on a connection of the pool; once more on another one where that fails before any statement.
async fn begin(pool: &Handle, mode: Mode) -> Result<Open, sqlx::Error> {
    let mut connection = pool.acquire().await?;
    let mut begun = begin_on(&mut connection, mode).await;
    if begun.as_ref().is_err_and(fault::is_lost) && connection.statement_end().is_ok() {
        drop(connection);
        connection = pool.acquire().await?;
        begun = begin_on(&mut connection, mode).await;
    }
    begun?;
    Ok(Open {
        connection,
        suspect: false,
        conflict: false,
        has_ended_early: false,
    })
}

async fn begin_on(connection: &mut PoolConnection, mode: Mode) -> Result<(), sqlx::Error> {
    let mut sql = mode.begin();
    let session = connection.live().session.as_ref();
    if let Some(limit) =
        session.and_then(|session| session.shortened(connection.handle().deadline()))
    {
        sql.push_str(&format!("; SET LOCAL statement_timeout = {limit}"));
    }
    let end = connection.statement_end()?;
    // sqlx counts a transaction only once the server has confirmed it.
    connection.discard(Discard::Transaction);
    connection.set_read_only(mode.is_read_only());
    let sql = AssertSqlSafe(sql).into_sql_str();
    let begin = PgTransactionManager::begin(&mut connection.live_mut().connection, Some(sql));
    match bounded(end, begin).await {
        Ok(()) => {
            connection.keep();
            Ok(())
        }
        Err(error) => {
            connection.note(&error);
            Err(error)
        }
    }
}

impl Open {
    /// Whether there is no transaction any longer. sqlx counts one less where a savepoint is given up while it begins.
    fn is_lost(&self) -> bool {
        self.connection.is_discarded() || self.connection.live().depth() == 0
    }

    async fn rewind(&mut self, savepoint: Option<&'static str>) -> Result<(), sqlx::Error> {
        self.leave_savepoints();
        let Some(savepoint) = savepoint else {
            return Ok(());
        };
        let sql = AssertSqlSafe(format!("ROLLBACK TO SAVEPOINT {savepoint}"));
        let statement = Statement::new(sqlx::raw_sql(sql))?;
        let undone = self.connection.run(statement).await;
        self.noted(undone)?;
        // Whatever failed has been undone.
        (self.suspect, self.conflict) = (false, false);
        Ok(())
    }

    /// Gives up the savepoints of sqlx's that are open.
    fn leave_savepoints(&mut self) {
        while self.connection.live().depth() > 1 {
            PgTransactionManager::start_rollback(&mut self.connection.live_mut().connection);
        }
    }

    /// The connection, for what sqlx does on it by itself.
    pub(super) fn raw(&mut self) -> &mut PgConnection {
        self.suspect = true;
        &mut self.connection
    }

    /// Notes what the failure of a statement says of the transaction.
    pub(super) fn noted<T>(&mut self, result: Result<T, sqlx::Error>) -> Result<T, sqlx::Error> {
        result.inspect_err(|error| self.note(error))
    }

    pub(super) fn note(&mut self, error: &sqlx::Error) {
        self.suspect = true;
        self.conflict |= fault::is_conflict(error);
    }

    async fn commit(mut self, until: Option<Instant>) -> Result<(), CommitError> {
        if self.is_lost() {
            return Err(self.lost(until).await);
        }
        self.leave_savepoints();
        if self.suspect {
            // To `COMMIT` a failed transaction is no error: the server rolls it back and says so where sqlx
            // does not look. Any other statement is one.
            let connection = &mut self.connection.live_mut().connection;
            let alive = sqlx::Executor::execute(connection, sqlx::raw_sql("SELECT 1"));
            if let Err(error) = bounded(until, alive).await {
                self.connection.note(&error);
                let conflict = self.conflict;
                self.roll_back().await;
                return Err(match conflict {
                    true => CommitError::Conflict(error),
                    false => CommitError::RolledBack(error),
                });
            }
        }
        // Dropped while it waits, or failed, the connection is in a state that sqlx does not know.
        self.connection.discard(Discard::Transaction);
        let connection = &mut self.connection.live_mut().connection;
        let committed = bounded(until, PgTransactionManager::commit(connection)).await;
        match committed {
            Ok(()) => {
                self.connection.keep();
                Ok(())
            }
            Err(error) if fault::is_conflict(&error) => Err(CommitError::Conflict(error)),
            Err(error) if is_definite(&error) => Err(CommitError::RolledBack(error)),
            Err(error) => Err(CommitError::Unknown(error)),
        }
    }

    /// What became of a transaction that sqlx no longer counts: unless the server is still in it, it has ended
    /// without our doing.
    async fn lost(&mut self, until: Option<Instant>) -> CommitError {
        if self.has_ended_early {
            return CommitError::Unknown(fault::ended(EARLY));
        }
        if self.connection.is_discarded() {
            return CommitError::Lost;
        }
        self.connection.discard(Discard::Transaction);
        let connection = &mut self.connection.live_mut().connection;
        if sqlx::Connection::should_flush(connection) {
            // sqlx's own rollback waits to be sent.
            return CommitError::Lost;
        }
        let row = sqlx::Executor::fetch_one(connection, sqlx::raw_sql(IS_OVER));
        match bounded(until, row).await.and_then(|row| row.try_get(0)) {
            Ok(true) => {
                self.has_ended_early = true;
                CommitError::Unknown(fault::ended(EARLY))
            }
            // It is rolled back with its connection. A failed transaction refuses the question.
            _ => CommitError::Lost,
        }
    }

    async fn roll_back(mut self) {
        if self.is_lost() {
            self.connection.discard(Discard::Transaction);
            return;
        }
        self.connection.live_mut().start_rollback();
        let connection = &mut self.connection.live_mut().connection;
        match timeout(ROLLBACK, sqlx::Connection::flush(connection)).await {
            Ok(Ok(())) => {}
            _ => self.connection.discard(Discard::Transaction),
        }
    }
}

/// Whether the server's answer to `COMMIT` says that nothing is stored.
fn is_definite(error: &sqlx::Error) -> bool {
    // 40003: the server itself does not know.
    fault::sqlstate(error).is_some_and(|code| code != "40003") && !fault::is_lost(error)
}

/// The connection of a transaction, for what wants sqlx's own: `&mut *connection` is an executor, and
/// `connection.begin()`, of sqlx's `Connection`, makes a savepoint.
///
/// From [`Tx::connection`](crate::Tx::connection). Its statements are bounded by the server alone.
pub struct TxConnection<'t>(pub(super) MappedMutexGuard<'t, Open>);

impl Deref for TxConnection<'_> {
    type Target = PgConnection;

    fn deref(&self) -> &PgConnection {
        &self.0.connection
    }
}

impl DerefMut for TxConnection<'_> {
    fn deref_mut(&mut self) -> &mut PgConnection {
        self.0.raw()
    }
}

impl std::fmt::Debug for TxConnection<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TxConnection").finish_non_exhaustive()
    }
}
