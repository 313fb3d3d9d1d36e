//! A pool of slots, made for a sandbox that is frozen between invocations: it has no task of its
//! own, gives a connection back without waiting, and validates one at its first use in an invocation.

use std::fmt;
use std::io;
use std::ops::{Deref, DerefMut};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use futures_util::FutureExt;
use futures_util::future::join_all;
use sqlx::{Connection, PgConnection};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{sleep, timeout, timeout_at};

use super::connect::{configuration, connect};
use super::credentials::Credentials;
use super::source::{self, CredentialSource, Want};
use crate::environment::max_concurrency;

/// The time for an idle connection to answer before it is replaced.
const PING: Duration = Duration::from_millis(250);
/// The longest that `acquire` takes.
const ACQUIRE: Duration = Duration::from_secs(3);
/// What `acquire` leaves of an invocation's time, for an answer.
const RESERVE: Duration = Duration::from_millis(500);
/// The pauses between attempts to connect: doubling from the first to the last.
const FIRST_PAUSE: Duration = Duration::from_millis(50);
const LAST_PAUSE: Duration = Duration::from_millis(800);

/// A handle to the pool of PostgreSQL connections; cloning it is cheap.
///
/// `&Pool` is an sqlx executor: `query(…).fetch_one(&pool)`. Connections are made at first use and
/// kept for later invocations; each is validated at its first use in an invocation and replaced if
/// it no longer answers.
///
/// A transaction is begun with sqlx's `Connection::begin` on an [acquired](Self::acquire) connection.
/// A raw `BEGIN` is not known to sqlx and would not be rolled back. Statements have no time limit of
/// povery's own yet: give the role one, `ALTER ROLE app SET statement_timeout = '20s'`.
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
#[derive(Clone)]
pub struct Pool {
    slots: Arc<Slots>,
    /// The invocation that this handle belongs to; none outside of requests.
    invocation: Option<u64>,
    deadline: Option<Instant>,
}

struct Slots {
    free: Arc<Semaphore>,
    size: usize,
    idle: Mutex<Vec<Idle>>,
    source: Box<dyn CredentialSource>,
    invocations: AtomicU64,
}

struct Idle {
    connection: PgConnection,
    /// The invocation in which it last proved to be alive.
    validated: Option<u64>,
}

impl Pool {
    /// A pool that gets its credentials from `source`, with at most `size` connections (at least 1).
    ///
    /// [`Credentials`] are a source themselves, which is what tests need.
    ///
    /// # Example
    ///
    /// ```
    /// use povery::{Credentials, Pool};
    ///
    /// let pool = Pool::new(Credentials::new("localhost", "app", "secret", "shop"), 10);
    /// ```
    pub fn new(source: impl CredentialSource, size: usize) -> Self {
        Self::over(Box::new(source), size)
    }

    /// The pool that the environment describes, with a connection for every concurrent invocation
    /// and one more. Whatever is wrong with the configuration is the error of the first statement.
    pub(crate) fn from_env() -> Self {
        Self::over(source::from_env(""), max_concurrency() + 1)
    }

    fn over(source: Box<dyn CredentialSource>, size: usize) -> Self {
        let size = size.max(1);
        let slots = Slots {
            free: Arc::new(Semaphore::new(size)),
            size,
            idle: Mutex::default(),
            source,
            invocations: AtomicU64::new(0),
        };
        Self {
            slots: Arc::new(slots),
            invocation: None,
            deadline: None,
        }
    }

    /// A handle for one invocation: connections used before it are validated first, and nothing
    /// waits beyond its deadline.
    pub(crate) fn for_invocation(&self, deadline: Option<Instant>) -> Self {
        let number = self.slots.invocations.fetch_add(1, Ordering::Relaxed);
        Self {
            slots: Arc::clone(&self.slots),
            invocation: Some(number),
            deadline,
        }
    }

    /// A connection of one's own, for several statements in a row. It goes back when it is dropped.
    ///
    /// # Errors
    ///
    /// [`sqlx::Error::PoolTimedOut`] where none becomes free in time (at most 3 s, and 500 ms before
    /// the invocation ends); [`sqlx::Error::Configuration`] where the configuration is wrong; else
    /// the error of the last attempt to connect.
    ///
    /// # Example
    ///
    /// ```
    /// use povery::Pool;
    /// use sqlx::Connection;
    ///
    /// # async fn f(pool: Pool) -> Result<(), sqlx::Error> {
    /// let mut connection = pool.acquire().await?;
    /// let mut transaction = connection.begin().await?;
    /// sqlx::query("DELETE FROM carts").execute(&mut *transaction).await?;
    /// sqlx::query("DELETE FROM orders").execute(&mut *transaction).await?;
    /// transaction.commit().await?;
    /// # Ok(()) }
    /// ```
    pub async fn acquire(&self) -> Result<PoolConnection, sqlx::Error> {
        let until = self.until();
        let permit =
            match timeout_at(until.into(), Arc::clone(&self.slots.free).acquire_owned()).await {
                Ok(Ok(permit)) => permit,
                Ok(Err(_)) => return Err(sqlx::Error::PoolClosed),
                Err(_) => return Err(sqlx::Error::PoolTimedOut),
            };
        let connection = match self.validated_idle(until).await {
            Some(connection) => connection,
            None => self.connect_until(until).await?,
        };
        Ok(PoolConnection {
            connection: Some(connection),
            validated: self.invocation,
            slots: Arc::clone(&self.slots),
            _permit: permit,
        })
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
        self.slots.free.close();
        self.slots.close_idle().await;
    }

    /// Closes the idle connections, telling the server, within 250 ms, and forgets the credentials that are
    /// kept. The next statement asks for them and connects anew.
    ///
    /// The application does this itself [before a snapshot](crate::Lifecycle::BeforeSnapshot), with the pool
    /// that its routes take. A pool of one's own beside it needs a hook.
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
        self.slots.close_idle().await;
        self.slots.source.forget().await;
    }

    fn until(&self) -> Instant {
        let now = Instant::now();
        let longest = now + ACQUIRE;
        self.deadline.map_or(longest, |end| {
            end.checked_sub(RESERVE).unwrap_or(now).min(longest)
        })
    }

    /// An idle connection that answers, if there is one. One that does not is closed by dropping
    /// it, and with it all that this invocation has not validated: they are likely as dead.
    async fn validated_idle(&self, until: Instant) -> Option<PgConnection> {
        loop {
            let Idle {
                mut connection,
                validated,
            } = self.slots.idle().pop()?;
            if validated.is_some() && validated == self.invocation {
                return Some(connection);
            }
            let answer_by = until.min(Instant::now() + PING);
            let reason = match timeout_at(answer_by.into(), connection.ping()).await {
                Ok(Ok(())) => return Some(connection),
                Ok(Err(error)) => error.to_string(),
                Err(_) => format!("no answer within {} ms", PING.as_millis()),
            };
            let mut idle = self.slots.idle();
            let before = idle.len();
            idle.retain(|idle| idle.validated.is_some() && idle.validated == self.invocation);
            tracing::debug!(
                siblings = before - idle.len(),
                reason,
                "a connection was replaced"
            );
        }
    }

    /// Connects, trying again while the server may yet become able to answer. A refused login asks
    /// the source once more, and tries again only with other credentials.
    async fn connect_until(&self, until: Instant) -> Result<PgConnection, sqlx::Error> {
        let mut pause = FIRST_PAUSE;
        let mut refused: Option<Credentials> = None;
        let mut last = None;
        loop {
            let want = match refused {
                Some(_) => Want::Current,
                None => Want::Kept,
            };
            let source = self.slots.source.credentials(want);
            let credentials = match timeout_at(until.into(), source).await {
                Ok(credentials) => credentials.map_err(configuration)?,
                Err(_) => {
                    return Err(
                        last.unwrap_or_else(|| late("the credentials could not be had in time"))
                    );
                }
            };
            if refused
                .take()
                .is_some_and(|refused| refused.same_login(&credentials))
            {
                return Err(last.unwrap_or_else(|| late("the login is refused")));
            }
            let error = match timeout_at(until.into(), connect(&credentials)).await {
                Ok(Ok(connection)) => return Ok(connection),
                Ok(Err(error)) => error,
                Err(_) => {
                    return Err(
                        last.unwrap_or_else(|| late("the database could not be reached in time"))
                    );
                }
            };
            if is_refused_login(&error) {
                refused = Some(credentials);
            } else if may_pass(&error) && Instant::now() + pause < until {
                sleep(pause).await;
                pause = (pause * 2).min(LAST_PAUSE);
            } else {
                return Err(error);
            }
            last = Some(error);
        }
    }
}

fn late(text: &str) -> sqlx::Error {
    sqlx::Error::Io(io::Error::new(io::ErrorKind::TimedOut, text))
}

/// A login that the server does not accept (28P01, 28000): perhaps the password was rotated.
fn is_refused_login(error: &sqlx::Error) -> bool {
    sqlstate(error).is_some_and(|code| code.starts_with("28"))
}

/// A server that is starting, ending, full or not listening yet.
fn may_pass(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Io(error) => matches!(
            error.kind(),
            io::ErrorKind::ConnectionRefused
                | io::ErrorKind::ConnectionReset
                | io::ErrorKind::ConnectionAborted
                | io::ErrorKind::UnexpectedEof
                | io::ErrorKind::BrokenPipe
        ),
        error => sqlstate(error).is_some_and(|code| code.starts_with("57P") || code == "53300"),
    }
}

fn sqlstate(error: &sqlx::Error) -> Option<std::borrow::Cow<'_, str>> {
    error.as_database_error()?.code()
}

impl Slots {
    fn idle(&self) -> MutexGuard<'_, Vec<Idle>> {
        // Nothing panics while it is held, and a list of connections has no state to break.
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn close_idle(&self) {
        let idle = std::mem::take(&mut *self.idle());
        // A server that no longer answers has nothing to be told.
        let closing = idle
            .into_iter()
            .map(|idle| timeout(PING, idle.connection.close()));
        join_all(closing).await;
    }

    /// Takes a connection back without waiting: sends what is queued (a `ROLLBACK`), so that a
    /// freeze keeps no locks, and drops a connection that cannot take it.
    fn take_back(&self, mut connection: PgConnection, validated: Option<u64>) {
        let validated = match connection.flush().now_or_never() {
            Some(Ok(())) => validated,
            Some(Err(_)) => return,
            None if connection.should_flush() => return,
            // The server owes an answer: the next use waits for it, in the time of a ping.
            None => None,
        };
        if !self.free.is_closed() {
            self.idle().push(Idle {
                connection,
                validated,
            });
        }
    }
}

impl fmt::Debug for Pool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pool")
            .field("size", &self.slots.size)
            .field("idle", &self.slots.idle().len())
            .finish_non_exhaustive()
    }
}

/// A connection taken from the [`Pool`]; it goes back when it is dropped.
pub struct PoolConnection {
    connection: Option<PgConnection>,
    validated: Option<u64>,
    slots: Arc<Slots>,
    /// Released after `drop` has put the connection back, so that who waits for it finds it.
    _permit: OwnedSemaphorePermit,
}

impl Deref for PoolConnection {
    type Target = PgConnection;

    fn deref(&self) -> &PgConnection {
        self.connection
            .as_ref()
            .expect("only `drop` takes the connection out")
    }
}

impl DerefMut for PoolConnection {
    fn deref_mut(&mut self) -> &mut PgConnection {
        self.connection
            .as_mut()
            .expect("only `drop` takes the connection out")
    }
}

impl Drop for PoolConnection {
    fn drop(&mut self) {
        if let Some(connection) = self.connection.take() {
            self.slots.take_back(connection, self.validated);
        }
    }
}

impl fmt::Debug for PoolConnection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PoolConnection").finish_non_exhaustive()
    }
}
