//! One transaction for a request, and transactions of one's own.

mod commit_error;
mod connection;
mod executor;
mod mode;
mod open;
mod retry;
mod state;

pub(super) use commit_error::CommitError;
pub use connection::TxConnection;
pub(crate) use mode::Mode;
pub use mode::{ReadCommitted, ReadOnly, ReadWrite, RepeatableRead, Serializable, TransactionMode};
pub(super) use state::Shared;

use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

use super::database::Main;
use super::fault;
use super::pool::Pool;

/// A handle to the transaction of the request. As an argument of a handler it is committed before the answer is given
/// on, if the answer's status is below 400, and rolled back otherwise: after an error, a panic, at the end of the
/// invocation's time (504), and when the request is dropped.
///
/// `&mut tx` is an sqlx executor. The first statement takes a connection from the pool and begins; a request that runs
/// none has none. All `Tx` of a request and database are one transaction. A commit that fails is answered in place of
/// the handler's answer: by the SQLSTATE of a deferred constraint, else with a logged 503, whose outcome may be unknown
/// and which is never tried again.
///
/// `M` is its mode: [`ReadWrite`], [`ReadOnly`], an isolation level such as [`Serializable`], or both,
/// `(Serializable, ReadOnly)`. `D` is its [database](crate::Database).
///
/// A savepoint is sqlx's, on the [connection](Self::connection). A raw `COMMIT` or `ROLLBACK` is not known to sqlx: leave
/// these to `Tx`.
///
/// # Example
///
/// ```
/// use povery::prelude::*;
///
/// #[povery::route(POST, "/accounts/<from>/transfers?<to>&<cents>")]
/// async fn transfer(from: i64, to: i64, cents: i64, mut tx: Tx) -> Result<NoContent, PoveryError> {
///     let change = "UPDATE accounts SET cents = cents + $2 WHERE id = $1";
///     sqlx::query(change).bind(from).bind(-cents).execute(&mut tx).await?;
///     sqlx::query(change).bind(to).bind(cents).execute(&mut tx).await?;
///     Ok(NoContent)
/// }
/// ```
///
/// A test makes one by itself, and keeps a handle to see what becomes of it:
///
/// ```no_run
/// # use povery::prelude::*;
/// # async fn transfer(from: i64, to: i64, cents: i64, mut tx: Tx) -> Result<NoContent, PoveryError> { Ok(NoContent) }
/// # async fn test(pool: Pool) -> Result<(), PoveryError> {
/// let mut tx = Tx::begin_on(&pool);
/// transfer(1, 2, 500, tx.share()).await?;
/// let cents: i64 = sqlx::query_scalar("SELECT cents FROM accounts WHERE id = 2").fetch_one(&mut tx).await?;
/// assert_eq!(cents, 500);
/// // Dropped, it is rolled back; `tx.commit().await?` would keep what was done.
/// # Ok(()) }
/// ```
pub struct Tx<M = ReadWrite, D = Main> {
    shared: Arc<Shared>,
    types: PhantomData<fn() -> (M, D)>,
}

impl<M, D> Tx<M, D> {
    pub(super) fn of(shared: Arc<Shared>) -> Self {
        Self {
            shared,
            types: PhantomData,
        }
    }

    /// Another handle to the same transaction, as a second argument of a handler is. Statements of several handles run one
    /// after the other.
    #[must_use]
    pub fn share(&self) -> Self {
        Self::of(Arc::clone(&self.shared))
    }

    /// The connection, for what wants sqlx's own, and for savepoints. Begins the transaction if nothing has.
    ///
    /// # Errors
    ///
    /// As [`Pool::acquire`], and those of `BEGIN`; an error that says so if the transaction has ended.
    ///
    /// # Example
    ///
    /// ```
    /// use povery::prelude::*;
    /// use sqlx::Connection;
    ///
    /// # async fn f(mut tx: Tx) -> Result<(), sqlx::Error> {
    /// let mut connection = tx.connection().await?;
    /// let mut savepoint = connection.begin().await?;
    /// sqlx::query("INSERT INTO visits DEFAULT VALUES").execute(&mut *savepoint).await?;
    /// savepoint.rollback().await?;
    /// # Ok(()) }
    /// ```
    pub async fn connection(&mut self) -> Result<TxConnection<'_>, sqlx::Error> {
        self.shared.open().await.map(TxConnection)
    }

    /// Commits a transaction of one's own: from [`begin_on`](Tx::begin_on) or [`Pool::begin`].
    ///
    /// # Errors
    ///
    /// What the server says: nothing is stored then. If the connection fails, what became of the transaction is not
    /// known, and it must not simply be run again. That of a request is committed with its answer: an error says so.
    pub async fn commit(self) -> Result<(), sqlx::Error> {
        self.is_own()?;
        let until = self.shared.pool.statement_end();
        self.shared
            .commit(until)
            .await
            .map_err(CommitError::into_sqlx)
    }

    /// Rolls a transaction of one's own back, which dropping its last handle does as well, within 100 ms.
    ///
    /// # Errors
    ///
    /// That of a request is rolled back with its answer: an error says so.
    pub async fn rollback(self) -> Result<(), sqlx::Error> {
        self.is_own()?;
        self.shared.roll_back().await;
        Ok(())
    }

    fn is_own(&self) -> Result<(), sqlx::Error> {
        match self.shared.of_request {
            true => Err(fault::ended(
                "the transaction of a request ends with its answer: return an error to roll it back, \
                 or take a `Pool` and its `begin`",
            )),
            false => Ok(()),
        }
    }

    /// Undoes what was done since that savepoint; without one, what is in savepoints of sqlx's that nobody has ended.
    ///
    /// # Errors
    ///
    /// The transaction is lost, or the server says so.
    pub(crate) async fn rewind(&self, savepoint: Option<&'static str>) -> Result<(), sqlx::Error> {
        self.shared.rewind(savepoint).await
    }

    /// Ends it without a trace, ahead of the answer to its request.
    pub(crate) async fn give_up(&self) {
        self.shared.roll_back().await;
    }

    /// Begins it now.
    pub(super) async fn begun(&self) -> Result<(), sqlx::Error> {
        self.shared.open().await.map(drop)
    }
}

impl<D> Tx<ReadWrite, D> {
    /// A transaction of one's own on that pool, which the first statement begins. It is rolled back unless it is
    /// [committed](Self::commit). For tests of handlers: see [above](Self#example).
    ///
    /// # Example
    ///
    /// ```
    /// use povery::prelude::*;
    ///
    /// # async fn f(pool: Pool) -> Result<(), sqlx::Error> {
    /// let mut tx = Tx::begin_on(&pool);
    /// sqlx::query("DELETE FROM carts").execute(&mut tx).await?;
    /// tx.commit().await
    /// # }
    /// ```
    pub fn begin_on(pool: &Pool<D>) -> Self {
        Tx::begin_with(ReadWrite, pool)
    }
}

impl<M: TransactionMode, D> Tx<M, D> {
    /// Like [`begin_on`](Tx::begin_on), in that mode.
    ///
    /// # Example
    ///
    /// ```
    /// use povery::prelude::*;
    /// use povery::{ReadOnly, Serializable};
    ///
    /// # async fn f(pool: Pool) -> Result<(), sqlx::Error> {
    /// let mut tx = Tx::begin_with((Serializable, ReadOnly), &pool);
    /// let total: i64 = sqlx::query_scalar("SELECT count(*) FROM orders").fetch_one(&mut tx).await?;
    /// # Ok(()) }
    /// ```
    pub fn begin_with(_: M, pool: &Pool<D>) -> Self {
        Self::of(Arc::new(Shared::new(pool.handle.clone(), M::MODE, false)))
    }
}

impl<M: TransactionMode, D> fmt::Debug for Tx<M, D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tx")
            .field("mode", &M::MODE)
            .finish_non_exhaustive()
    }
}
