//! A transaction that is run again as a whole.

use super::state::CommitError;
use super::{ReadWrite, TransactionMode, Tx};
use crate::db::fault;
use crate::db::pool::Pool;

/// How often a transaction is run at the most.
const TRIES: usize = 3;

impl<D> Pool<D> {
    /// Runs `work` in a transaction of its own, and commits it if `work` succeeds. After a serialization failure or a
    /// deadlock (40001, 40P01) the whole of it is run again, three times in all, so `work` must do nothing that a
    /// rollback does not undo. It is never run again when the outcome of its commit is unknown.
    ///
    /// # Errors
    ///
    /// That of `work`, and the transaction is rolled back; what [`Tx::commit`] and [`acquire`](Self::acquire) say.
    ///
    /// # Example
    ///
    /// ```
    /// use povery::prelude::*;
    ///
    /// # async fn f(pool: Pool) -> Result<(), sqlx::Error> {
    /// let left: i32 = pool
    ///     .transaction(async |tx| {
    ///         sqlx::query("UPDATE stock SET left_over = left_over - 1 WHERE article = 7").execute(&mut *tx).await?;
    ///         sqlx::query_scalar("SELECT left_over FROM stock WHERE article = 7").fetch_one(tx).await
    ///     })
    ///     .await?;
    /// # Ok(()) }
    /// ```
    pub async fn transaction<T, E, F>(&self, work: F) -> Result<T, E>
    where
        E: From<sqlx::Error>,
        F: AsyncFnMut(&mut Tx<ReadWrite, D>) -> Result<T, E>,
    {
        self.transaction_with(ReadWrite, work).await
    }

    /// Like [`transaction`](Self::transaction), in that mode: `Serializable`, `(RepeatableRead, ReadOnly)` and so on.
    ///
    /// # Errors
    ///
    /// As [`transaction`](Self::transaction).
    ///
    /// # Example
    ///
    /// ```
    /// use povery::prelude::*;
    /// use povery::Serializable;
    ///
    /// # async fn f(pool: Pool) -> Result<(), sqlx::Error> {
    /// pool.transaction_with(Serializable, async |tx| {
    ///     sqlx::query("INSERT INTO bookings SELECT 1 WHERE NOT EXISTS (SELECT FROM bookings)").execute(tx).await
    /// })
    /// .await?;
    /// # Ok(()) }
    /// ```
    pub async fn transaction_with<M, T, E, F>(&self, mode: M, mut work: F) -> Result<T, E>
    where
        M: TransactionMode,
        E: From<sqlx::Error>,
        F: AsyncFnMut(&mut Tx<M, D>) -> Result<T, E>,
    {
        let mut tries = 0;
        loop {
            tries += 1;
            let mut tx = Tx::begin_with(mode, self);
            let error = match work(&mut tx).await {
                Ok(value) => {
                    let until = self.handle.statement_end();
                    match tx.shared.commit(until).await {
                        Ok(()) => return Ok(value),
                        // The server's own answer: nothing is stored.
                        Err(CommitError::RolledBack(error))
                            if fault::is_conflict(&error) && tries < TRIES =>
                        {
                            error.to_string()
                        }
                        Err(error) => return Err(error.into_sqlx().into()),
                    }
                }
                Err(error) => {
                    let again = tries < TRIES && tx.shared.has_conflict().await;
                    tx.shared.roll_back().await;
                    if !again {
                        return Err(error);
                    }
                    "a statement of it failed".to_owned()
                }
            };
            self.handle.slots.counters.retries.up();
            tracing::debug!(error, tries, "a transaction in conflict is run again");
        }
    }
}
