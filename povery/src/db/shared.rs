//! Behind a proxy that shares its sessions: what keeps a statement on one of them.
//!
//! sqlx has a statement with parameters parsed first, and then run: two messages, between which the proxy may give the
//! session to somebody else. The second one would then find no statement, or another client's. A transaction of the
//! statement's own keeps the session.

use sqlx::postgres::PgTransactionManager;
use sqlx::{Executor, PgConnection};
use sqlx_core::transaction::TransactionManager;

use super::fault::is_lost;
use super::pool::PoolConnection;

impl PoolConnection {
    /// Whether a statement needs a transaction of its own.
    pub(super) fn is_split(&self, has_arguments: bool) -> bool {
        let live = self.live();
        has_arguments && live.session.is_none() && live.depth() == 0
    }

    /// Ends the transaction of a statement before, which was given up or whose rows were not all asked for.
    pub(super) async fn clear(&mut self) -> Result<(), sqlx::Error> {
        if !self.has_own() {
            return Ok(());
        }
        let connection = &mut self.live_mut().connection;
        let mut ended = roll_back(connection).await;
        if ended.as_ref().is_err_and(|error| !is_lost(error)) {
            // What the server has said is of the statement before, whose rows were not read to their end.
            ended = roll_back(connection).await;
        }
        ended?;
        self.set_own(false);
        Ok(())
    }

    pub(super) async fn begin_own(&mut self) -> Result<(), sqlx::Error> {
        self.set_own(true);
        PgTransactionManager::begin(&mut self.live_mut().connection, None).await
    }

    /// Commits what has succeeded. What the commit says is what the statement by itself would have said.
    pub(super) async fn end_own<T>(
        &mut self,
        result: Result<T, sqlx::Error>,
    ) -> Result<T, sqlx::Error> {
        let connection: &mut PgConnection = &mut self.live_mut().connection;
        let result = match result {
            Ok(done) => PgTransactionManager::commit(connection)
                .await
                .map(|()| done),
            Err(error) => Err(error),
        };
        // A connection that is lost has nothing to roll back, and the reason is known.
        if result.is_ok() || PgTransactionManager::rollback(connection).await.is_ok() {
            self.set_own(false);
        }
        result
    }
}

async fn roll_back(connection: &mut PgConnection) -> Result<(), sqlx::Error> {
    match PgTransactionManager::get_transaction_depth(connection) {
        // It was given up before the server could say that it has begun or ended.
        0 => connection
            .execute(sqlx::raw_sql("ROLLBACK"))
            .await
            .map(drop),
        _ => PgTransactionManager::rollback(connection).await,
    }
}
