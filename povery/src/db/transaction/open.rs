//! A transaction that has begun, up to its end.

use std::time::Instant;

use sqlx::postgres::PgTransactionManager;
use sqlx::{AssertSqlSafe, PgConnection, Row as _, SqlSafeStr};
use sqlx_core::transaction::TransactionManager;
use tokio::time::timeout;

use super::commit_error::{CommitError, EARLY};
use super::mode::Mode;
use crate::db::fault;
use crate::db::pool::{Handle, PoolConnection, ROLLBACK};
use crate::db::statement::{Statement, bounded};
use crate::db::stats::Discard;

/// Whether no transaction is open: within one, time stands still.
const IS_OVER: &str = "SELECT now() = statement_timestamp()";

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

/// Begins on a connection of the pool; once more on another one where that fails before any statement.
pub(super) async fn begin(pool: &Handle, mode: Mode) -> Result<Open, sqlx::Error> {
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
    pub(super) async fn rewind(
        &mut self,
        savepoint: Option<&'static str>,
    ) -> Result<(), sqlx::Error> {
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

    /// Whether running it again as a whole may succeed.
    pub(super) fn has_conflict(&self) -> bool {
        self.conflict
    }

    pub(super) fn note(&mut self, error: &sqlx::Error) {
        self.suspect = true;
        self.conflict |= fault::is_conflict(error);
    }

    /// Whether there is no transaction any longer. sqlx counts one less where a savepoint is given up while it begins.
    pub(super) fn is_lost(&self) -> bool {
        self.connection.is_discarded() || self.connection.live().depth() == 0
    }

    pub(super) async fn commit(mut self, until: Option<Instant>) -> Result<(), CommitError> {
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
    pub(super) async fn lost(&mut self, until: Option<Instant>) -> CommitError {
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

    pub(super) async fn roll_back(mut self) {
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
