//! A pool of slots, made for a sandbox that is frozen between invocations: it has no task of its
//! own, gives a connection back without waiting, and validates one at its first use in an invocation.

mod acquire;
mod connection;
mod handle;
mod login;
mod probe;
mod slots;

pub use connection::PoolConnection;
pub(super) use handle::Handle;

use std::fmt;
use std::marker::PhantomData;
use std::time::{Duration, Instant};

use sqlx::postgres::PgConnectOptions;

use super::connect::{client_options, configuration};
use super::database::{Database, Main};
use super::options::PoolOptions;
use super::pools;
use super::source::{CredentialSource, Want};
use super::stats::PoolStats;
use super::transaction::{ReadWrite, Tx};

/// How long anyone waits for the end of what is rolled back.
pub(super) const ROLLBACK: Duration = Duration::from_millis(100);

/// A handle to the pool of PostgreSQL connections; cloning it is cheap.
///
/// `&Pool` is an sqlx executor: `query(…).fetch_one(&pool)`. Connections are made at first use and
/// kept for later invocations; each is validated at its first use in an invocation and replaced if
/// it no longer answers. A statement that is still under way 250 ms before the invocation ends is given up, and
/// answered with 504. [`docs::database`](crate::docs::database) tells what happens in each fault.
///
/// As an argument it is of its invocation, and has that one's time: do not keep it for others, for which it is too late. A
/// pool of one's own is no invocation's, and may be kept.
///
/// What belongs together is a [`Tx`] argument, or a [`transaction`](Self::transaction). A raw `BEGIN` is not known to
/// sqlx and would not be rolled back.
///
/// # Example
///
/// ```
/// use povery::prelude::*;
///
/// # async fn f(pool: Pool) -> Result<(), sqlx::Error> {
/// let one: i32 = sqlx::query_scalar("SELECT 1").fetch_one(&pool).await?;
/// # Ok(()) }
/// ```
pub struct Pool<D = Main> {
    pub(super) handle: Handle,
    database: PhantomData<fn() -> D>,
}

impl<D> Clone for Pool<D> {
    fn clone(&self) -> Self {
        Self::of(self.handle.clone())
    }
}

impl Pool {
    /// A pool that gets its credentials from `source`, with at most `size` connections (at least 1).
    ///
    /// [`Credentials`](crate::Credentials) are a source themselves, which is what tests need.
    ///
    /// # Example
    ///
    /// ```
    /// use povery::{Credentials, Pool};
    ///
    /// let pool = Pool::new(Credentials::new("localhost", "app", "secret", "shop"), 10);
    /// ```
    pub fn new(source: impl CredentialSource, size: usize) -> Self {
        Self::with_options(source, PoolOptions::new().size(size))
    }

    /// A pool that gets its credentials from `source`, and behaves as `options` say.
    ///
    /// # Example
    ///
    /// ```
    /// use std::time::Duration;
    /// use povery::{Credentials, Pool, PoolOptions};
    ///
    /// let options = PoolOptions::new().acquire_timeout(Duration::from_secs(1));
    /// let pool = Pool::with_options(Credentials::new("localhost", "app", "secret", "shop"), options);
    /// ```
    pub fn with_options(source: impl CredentialSource, options: PoolOptions) -> Self {
        Self::of(Handle::new(Main::NAME, Box::new(source), options))
    }

    /// The pool as that of another database, for [`App::pool`](crate::App::pool) and for tests.
    ///
    /// # Example
    ///
    /// ```
    /// use povery::{App, Credentials, Pool};
    ///
    /// # struct Orders;
    /// # impl povery::Database for Orders {
    /// #     const NAME: &'static str = "ORDERS";
    /// # }
    /// let orders = Pool::new(Credentials::new("localhost", "app", "secret", "orders"), 2);
    /// let app = App::new().pool(orders.for_database::<Orders>());
    /// ```
    #[must_use]
    pub fn for_database<D: Database>(self) -> Pool<D> {
        Pool::of(self.handle)
    }
}

impl<D: Database> Pool<D> {
    /// The pool that the environment describes, and whose behaviour `options` say: what an application has by
    /// itself, but for the options. Whatever is wrong with the configuration is the error of the first statement.
    ///
    /// # Example
    ///
    /// ```
    /// use povery::{App, Main, Pool, PoolOptions};
    ///
    /// let app = App::new().pool(Pool::<Main>::configured(PoolOptions::new().size(4)));
    /// ```
    pub fn configured(options: PoolOptions) -> Self {
        Self::of(pools::configured(D::NAME, options))
    }

    /// Begins a transaction of one's own, which is rolled back unless it is [committed](Tx::commit). A handler takes a
    /// [`Tx`] as an argument instead, which is committed with its answer.
    ///
    /// # Errors
    ///
    /// As [`acquire`](Self::acquire), and those of `BEGIN`.
    ///
    /// # Example
    ///
    /// ```
    /// # async fn f(pool: povery::Pool) -> Result<(), sqlx::Error> {
    /// let mut tx = pool.begin().await?;
    /// sqlx::query("DELETE FROM carts").execute(&mut tx).await?;
    /// sqlx::query("DELETE FROM orders").execute(&mut tx).await?;
    /// tx.commit().await?;
    /// # Ok(()) }
    /// ```
    pub async fn begin(&self) -> Result<Tx<ReadWrite, D>, sqlx::Error> {
        let tx = Tx::begin_on(self);
        tx.begun().await?;
        Ok(tx)
    }
}

impl<D> Pool<D> {
    pub(super) fn of(handle: Handle) -> Self {
        Self {
            handle,
            database: PhantomData,
        }
    }

    /// A connection of one's own, for several statements in a row. It goes back when it is dropped.
    ///
    /// # Errors
    ///
    /// [`sqlx::Error::PoolTimedOut`] where none becomes free in time (at most 3 s, and 500 ms before
    /// the invocation ends), or an error that says so where the request itself holds them all;
    /// [`sqlx::Error::Configuration`] where the configuration is wrong; else the error of the last attempt to connect.
    ///
    /// # Example
    ///
    /// ```
    /// use povery::Pool;
    ///
    /// # async fn f(pool: Pool) -> Result<(), sqlx::Error> {
    /// let mut connection = pool.acquire().await?;
    /// sqlx::query("SET search_path = shop").execute(&mut connection).await?;
    /// let carts: i64 = sqlx::query_scalar("SELECT count(*) FROM carts").fetch_one(&mut connection).await?;
    /// # Ok(()) }
    /// ```
    pub async fn acquire(&self) -> Result<PoolConnection, sqlx::Error> {
        self.handle.acquire().await
    }

    /// What sqlx connects with: the current address and login, TLS as the pool has it. For a library that insists on
    /// an `sqlx::PgPool`, which then is on its own: see [`docs::database`](crate::docs::database#a-plain-pgpool).
    ///
    /// `Debug` of sqlx's options prints the password.
    ///
    /// # Errors
    ///
    /// [`sqlx::Error::Configuration`] where there are no credentials, or the configuration is wrong; one of the kind
    /// `Io` where they cannot be had in the time of an [`acquire`](Self::acquire).
    ///
    /// # Example
    ///
    /// ```
    /// use sqlx::postgres::PgPoolOptions;
    ///
    /// # async fn f(pool: povery::Pool) -> Result<(), sqlx::Error> {
    /// let options = pool.connect_options().await?;
    /// let plain = PgPoolOptions::new().max_connections(1).connect_lazy_with(options);
    /// # Ok(()) }
    /// ```
    pub async fn connect_options(&self) -> Result<PgConnectOptions, sqlx::Error> {
        let slots = &self.handle.slots;
        let credentials = slots.source.credentials(Want::Kept);
        let until = self.handle.acquire_end();
        let credentials = tokio::time::timeout_at(until.into(), credentials).await;
        let credentials = credentials
            .map_err(|_| super::fault::late("the credentials could not be had in time"))?
            .map_err(configuration)?;
        client_options(&credentials, &slots.options)
    }

    /// What the pool has done so far, in numbers.
    ///
    /// # Example
    ///
    /// ```
    /// # fn f(pool: povery::Pool) {
    /// let stats = pool.stats();
    /// println!("{} connects, {} waits, {} hung", stats.connects, stats.waits, stats.discards.unresponsive);
    /// # }
    /// ```
    pub fn stats(&self) -> PoolStats {
        self.handle.slots.stats()
    }

    /// Closes the idle connections, telling the server, within 250 ms; those in use close when they are
    /// dropped. Whoever wants another one gets [`sqlx::Error::PoolClosed`].
    ///
    /// The application does this itself when it [ends](crate::Lifecycle::Shutdown).
    ///
    /// # Example
    ///
    /// ```
    /// # async fn f(pool: povery::Pool) {
    /// pool.close().await;
    /// assert!(matches!(pool.acquire().await, Err(sqlx::Error::PoolClosed)));
    /// # }
    /// ```
    pub async fn close(&self) {
        self.handle.close().await;
    }

    /// Closes the idle connections, telling the server, within 250 ms, and forgets the credentials that are
    /// kept. The next statement asks for them and connects anew.
    ///
    /// The application does this itself [before a snapshot](crate::Lifecycle::BeforeSnapshot), with the pools
    /// that its routes take. A pool of one's own beside them needs a hook.
    ///
    /// # Example
    ///
    /// ```
    /// use povery::prelude::*;
    /// use povery::{Credentials, Lifecycle};
    ///
    /// let reports = Pool::new(Credentials::new("replica", "app", "secret", "shop"), 1);
    /// let kept = reports.clone();
    /// let app = App::new().state(reports).on(Lifecycle::BeforeSnapshot, move || {
    ///     let reports = kept.clone();
    ///     async move { reports.disconnect().await }
    /// });
    /// ```
    pub async fn disconnect(&self) {
        self.handle.disconnect().await;
    }
}

impl Handle {
    pub(super) async fn close(&self) {
        self.slots.free.close();
        self.slots.close_idle().await;
    }

    pub(super) async fn disconnect(&self) {
        self.slots.close_idle().await;
        self.slots.set_renewed(None);
        self.slots.set_refused(None);
        self.slots.source.forget().await;
    }

    /// Makes a connection and keeps it for the first invocation, if there is none yet.
    pub(super) async fn warm(&self, until: Instant) -> Result<(), sqlx::Error> {
        if self.slots.idle_count() > 0 {
            return Ok(());
        }
        let live = self.connect(until, false).await?;
        self.slots.put(live);
        Ok(())
    }
}

impl<D> fmt::Debug for Pool<D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pool")
            .field("size", &self.handle.slots.size)
            .field("idle", &self.handle.slots.idle_count())
            .finish_non_exhaustive()
    }
}
