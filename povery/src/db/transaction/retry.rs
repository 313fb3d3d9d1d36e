//! A transaction that is run again as a whole.

use super::commit_error::CommitError;
use super::{ReadWrite, TransactionMode, Tx};
use crate::db::pool::Pool;

/// How often a transaction is run at the most.
const TRIES: usize = 3;

impl<D> Pool<D> {
    /// Runs `work` in a transaction of its own, and commits it if `work` succeeds. After a serialization failure or a
    /// deadlock (40001, 40P01) the whole of it is run again, three times in all, so `work` must do nothing that a
    /// rollback does not undo. It is never run again when the outcome of its commit is unknown.
    ///
    /// `work` is given a handle to the transaction, a new one each time, and leaves the commit to this.
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
    ///     .transaction(async |mut tx| {
    ///         sqlx::query("UPDATE stock SET left_over = left_over - 1 WHERE article = 7").execute(&mut tx).await?;
    ///         sqlx::query_scalar("SELECT left_over FROM stock WHERE article = 7").fetch_one(&mut tx).await
    ///     })
    ///     .await?;
    /// # Ok(()) }
    /// ```
    pub async fn transaction<T, E, F, W>(&self, work: F) -> Result<T, E>
    where
        E: From<sqlx::Error>,
        F: FnMut(Tx<ReadWrite, D>) -> W,
        W: Future<Output = Result<T, E>>,
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
    /// pool.transaction_with(Serializable, async |mut tx| {
    ///     sqlx::query("INSERT INTO bookings SELECT 1 WHERE NOT EXISTS (SELECT FROM bookings)").execute(&mut tx).await
    /// })
    /// .await?;
    /// # Ok(()) }
    /// ```
    pub async fn transaction_with<M, T, E, F, W>(&self, mode: M, mut work: F) -> Result<T, E>
    where
        M: TransactionMode,
        E: From<sqlx::Error>,
        // A handle of its own and not a reference: with one, what `work` borrows would keep the future of a handler
        // from being `Send`.
        F: FnMut(Tx<M, D>) -> W,
        W: Future<Output = Result<T, E>>,
    {
        let mut tries = 0;
        loop {
            tries += 1;
            let tx = Tx::begin_with(mode, self);
            let error = match work(tx.share()).await {
                Ok(value) => {
                    let until = self.handle.statement_end();
                    match tx.shared.commit(until).await {
                        Ok(()) => return Ok(value),
                        // The server's own answer: nothing is stored.
                        Err(CommitError::Conflict(error)) if tries < TRIES => error.to_string(),
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
