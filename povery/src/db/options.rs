//! How a pool is to behave.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use futures_core::future::BoxFuture;
use sqlx::PgConnection;

use super::credentials::DatabaseConfigError;

/// What stands between the application and PostgreSQL.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum PoolMode {
    /// Nothing: a connection is a session of the server. Statements are prepared once and kept, and the time
    /// that an invocation has left is the `statement_timeout` of the session.
    #[default]
    Direct,
    /// RDS Proxy, PgBouncer and the like, which share a session among clients: no statement has a name or is
    /// kept, nothing is `SET`, and a connection is validated by `SELECT 1`.
    Proxy,
}

impl PoolMode {
    pub(super) fn parse(variable: &str, text: &str) -> Result<Self, DatabaseConfigError> {
        match text {
            "direct" => Ok(Self::Direct),
            "proxy" => Ok(Self::Proxy),
            _ => Err(DatabaseConfigError::new(format!(
                "{variable} must be `direct` or `proxy`"
            ))),
        }
    }
}

pub(super) type AfterConnect = Arc<
    dyn for<'c> Fn(&'c mut PgConnection) -> BoxFuture<'c, Result<(), sqlx::Error>> + Send + Sync,
>;

/// How a pool is to behave. What is not set is as the table of [`docs::database`](crate::docs::database) says.
///
/// # Example
///
/// ```
/// use std::time::Duration;
/// use povery::{Credentials, Pool, PoolMode, PoolOptions};
///
/// let options = PoolOptions::new()
///     .size(4)
///     .max_lifetime(Duration::from_secs(600))
///     .mode(PoolMode::Proxy);
/// let pool = Pool::with_options(Credentials::new("localhost", "app", "secret", "shop"), options);
/// assert_eq!(pool.stats().size, 4);
/// ```
#[derive(Clone)]
pub struct PoolOptions {
    pub(super) size: Option<usize>,
    pub(super) mode: Option<PoolMode>,
    pub(super) acquire: Duration,
    pub(super) connect: Duration,
    pub(super) ping: Duration,
    pub(super) max_lifetime: Option<Duration>,
    pub(super) idle: Option<Duration>,
    pub(super) after_connect: Option<AfterConnect>,
}

impl Default for PoolOptions {
    fn default() -> Self {
        Self::new()
    }
}

impl PoolOptions {
    /// The options of a pool that is told nothing.
    pub fn new() -> Self {
        Self {
            size: None,
            mode: None,
            acquire: Duration::from_secs(3),
            connect: Duration::from_secs(2),
            ping: Duration::from_millis(250),
            max_lifetime: Some(Duration::from_secs(30 * 60)),
            idle: None,
            after_connect: None,
        }
    }

    /// The most connections, at least 1. Unless set, one for each invocation that may be under way at once, and one
    /// more, so that a handler may hold two: 2 on Lambda.
    #[must_use]
    pub fn size(mut self, connections: usize) -> Self {
        self.size = Some(connections.max(1));
        self
    }

    /// What stands between the application and PostgreSQL. Unless set, what the variable `DB_MODE` says, for a pool
    /// that is configured by the environment, else [`PoolMode::Direct`].
    #[must_use]
    pub fn mode(mut self, mode: PoolMode) -> Self {
        self.mode = Some(mode);
        self
    }

    /// The longest that anyone waits for a connection; 3 s unless set. In an invocation, 500 ms before its end is the
    /// longest in any case.
    #[must_use]
    pub fn acquire_timeout(mut self, time: Duration) -> Self {
        self.acquire = time;
        self
    }

    /// The longest that one attempt to connect takes, from the lookup of the name to the login; 2 s unless set.
    #[must_use]
    pub fn connect_timeout(mut self, time: Duration) -> Self {
        self.connect = time;
        self
    }

    /// How long an idle connection has to answer before it is replaced; 250 ms unless set.
    #[must_use]
    pub fn ping_timeout(mut self, time: Duration) -> Self {
        self.ping = time;
        self
    }

    /// How old a connection may become, or `None` for any age; 30 minutes unless set. An older one is replaced when it
    /// is asked for.
    #[must_use]
    pub fn max_lifetime(mut self, time: impl Into<Option<Duration>>) -> Self {
        self.max_lifetime = time.into();
        self
    }

    /// How long a connection may be idle, or `None` for any time, which it is unless set. One that was idle for longer
    /// is replaced when it is asked for; nothing closes it before, since a frozen sandbox runs nothing.
    #[must_use]
    pub fn idle_timeout(mut self, time: impl Into<Option<Duration>>) -> Self {
        self.idle = time.into();
        self
    }

    /// What each connection is told once it is made, within the time of an attempt to connect. A failure of it is a
    /// failure to connect. In [`PoolMode::Proxy`] a `SET` may reach sessions of others: leave it out.
    ///
    /// # Example
    ///
    /// ```
    /// let options = povery::PoolOptions::new().after_connect(|connection| {
    ///     Box::pin(async move {
    ///         sqlx::query("SET search_path = shop").execute(connection).await?;
    ///         Ok(())
    ///     })
    /// });
    /// ```
    #[must_use]
    pub fn after_connect<F>(mut self, told: F) -> Self
    where
        F: for<'c> Fn(&'c mut PgConnection) -> BoxFuture<'c, Result<(), sqlx::Error>>
            + Send
            + Sync
            + 'static,
    {
        self.after_connect = Some(Arc::new(told));
        self
    }

    pub(super) fn is_proxied(&self) -> bool {
        self.mode == Some(PoolMode::Proxy)
    }
}

impl fmt::Debug for PoolOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PoolOptions")
            .field("size", &self.size)
            .field("mode", &self.mode)
            .field("acquire_timeout", &self.acquire)
            .field("connect_timeout", &self.connect)
            .field("ping_timeout", &self.ping)
            .field("max_lifetime", &self.max_lifetime)
            .field("idle_timeout", &self.idle)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mode_is_one_of_two_words() {
        assert_eq!(
            PoolMode::parse("DB_MODE", "proxy").unwrap(),
            PoolMode::Proxy
        );
        assert_eq!(
            PoolMode::parse("DB_MODE", "direct").unwrap(),
            PoolMode::Direct
        );
        let error = PoolMode::parse("ORDERS_DB_MODE", "Proxy").unwrap_err();
        assert_eq!(
            error.to_string(),
            "ORDERS_DB_MODE must be `direct` or `proxy`"
        );
    }
}
