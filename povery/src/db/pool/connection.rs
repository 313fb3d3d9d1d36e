//! A connection that is taken from the pool, and how it goes back.

use std::fmt;
use std::ops::{Deref, DerefMut};
use std::sync::atomic::Ordering;
use std::time::Instant;

use futures_util::FutureExt;
use sqlx::{Connection, PgConnection};

use super::handle::Handle;
use super::slots::Live;
use crate::db::fault;
use crate::db::stats::Discard;

/// A connection taken from the [`Pool`](crate::Pool); it goes back when it is dropped.
///
/// `&mut connection` is an sqlx executor whose statements end 250 ms before the invocation does. It is also sqlx's own
/// connection: `&mut *connection` is for what wants a `PgConnection`, and then only the server bounds a statement.
///
/// # Example
///
/// ```
/// # async fn f(pool: povery::Pool) -> Result<(), sqlx::Error> {
/// let mut connection = pool.acquire().await?;
/// let one: i32 = sqlx::query_scalar("SELECT 1").fetch_one(&mut connection).await?;
/// # Ok(()) }
/// ```
pub struct PoolConnection {
    live: Option<Live>,
    /// Why it does not go back.
    discard: Option<Discard>,
    /// Whether a statement has a transaction of its own, which has not ended.
    own: bool,
    /// Whether sqlx's own connection was given out: what was done with it is not known.
    raw: bool,
    /// Whether it is to be expected that the server takes no writes.
    read_only: bool,
    /// Released after `drop` has put the connection back, so that who waits for it finds it.
    permit: Permit,
}

/// A slot that is taken.
pub(super) struct Permit(Handle);

impl Permit {
    /// For a permit of the semaphore that was forgotten.
    pub(super) fn new(handle: Handle) -> Self {
        if let Some(invocation) = &handle.invocation {
            invocation.held.fetch_add(1, Ordering::Relaxed);
        }
        Self(handle)
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        if let Some(invocation) = &self.0.invocation {
            invocation.held.fetch_sub(1, Ordering::Relaxed);
        }
        self.0.slots.free.add_permits(1);
    }
}

impl PoolConnection {
    pub(super) fn new(live: Live, permit: Permit) -> Self {
        Self {
            live: Some(live),
            discard: None,
            own: false,
            raw: false,
            read_only: false,
            permit,
        }
    }

    pub(in crate::db) fn handle(&self) -> &Handle {
        &self.permit.0
    }

    pub(in crate::db) fn live(&self) -> &Live {
        self.live
            .as_ref()
            .expect("only `drop` takes the connection out")
    }

    pub(in crate::db) fn live_mut(&mut self) -> &mut Live {
        self.live
            .as_mut()
            .expect("only `drop` takes the connection out")
    }

    /// Has it closed in place of going back. The first reason stands.
    pub(in crate::db) fn discard(&mut self, why: Discard) {
        self.discard.get_or_insert(why);
    }

    /// Lets it go back after all.
    pub(in crate::db) fn keep(&mut self) {
        self.discard = None;
    }

    pub(in crate::db) fn is_discarded(&self) -> bool {
        self.discard.is_some()
    }

    pub(in crate::db) fn has_own(&self) -> bool {
        self.own
    }

    pub(in crate::db) fn set_own(&mut self, own: bool) {
        self.own = own;
    }

    /// The transaction that begins on it writes nothing: that the server says so is no failover.
    pub(in crate::db) fn set_read_only(&mut self, read_only: bool) {
        self.read_only = read_only;
    }

    /// When a statement is given up.
    ///
    /// # Errors
    ///
    /// That moment has passed: nothing is sent.
    pub(in crate::db) fn statement_end(&self) -> Result<Option<Instant>, sqlx::Error> {
        match self.handle().statement_end() {
            Some(end) if end <= Instant::now() => Err(fault::given_up()),
            end => Ok(end),
        }
    }

    /// Notes what an error says of this connection and of others.
    pub(in crate::db) fn note(&mut self, error: &sqlx::Error) {
        let why = match error {
            sqlx::Error::Io(error) if fault::is_given_up(error) => Discard::Deadline,
            error if fault::is_lost(error) => Discard::Broken,
            error if fault::is_read_only(error) && !self.read_only => Discard::ReadOnly,
            _ => return,
        };
        self.discard(why);
        let slots = &self.handle().slots;
        match why {
            Discard::Broken => slots.discard_idle(Discard::Sibling, |_| true),
            Discard::ReadOnly => slots.discard_idle(Discard::ReadOnly, |_| true),
            _ => {}
        }
    }
}

impl Deref for PoolConnection {
    type Target = PgConnection;

    fn deref(&self) -> &PgConnection {
        &self.live().connection
    }
}

impl DerefMut for PoolConnection {
    fn deref_mut(&mut self) -> &mut PgConnection {
        self.raw = true;
        // What a stream that was left has open is not to be a part of what comes now.
        if self.own && self.live().depth() > 0 {
            self.live_mut().start_rollback();
            self.own = false;
        }
        &mut self.live_mut().connection
    }
}

impl Drop for PoolConnection {
    fn drop(&mut self) {
        let Some(mut live) = self.live.take() else {
            return;
        };
        // sqlx does not know of a transaction before the server has confirmed it.
        if self.own && live.depth() == 0 {
            self.discard(Discard::Transaction);
        }
        let handle = self.handle();
        let why = self.discard.or_else(|| release(&mut live, self.raw));
        match why {
            Some(why) => handle.slots.discard(live, why),
            None => {
                live.used = Instant::now();
                live.validated = handle.number().filter(|_| !self.raw);
                handle.slots.put(live);
            }
        }
    }
}

/// Makes a connection ready for others without waiting: sends what is queued (a `ROLLBACK`), so that a
/// freeze keeps no locks. One that cannot take it is not kept.
fn release(live: &mut Live, raw: bool) -> Option<Discard> {
    let rolls_back = live.depth() > 0;
    live.start_rollback();
    match live.connection.flush().now_or_never() {
        Some(Ok(())) => None,
        Some(Err(_)) => Some(Discard::Broken),
        None if live.connection.should_flush() => Some(Discard::Unresponsive),
        // The answer may be that a transaction has begun, of which sqlx has not heard.
        None if raw && !rolls_back => Some(Discard::Transaction),
        None => {
            // The server owes an answer: the next use waits for it, in the time of a ping.
            live.owed = true;
            None
        }
    }
}

impl fmt::Debug for PoolConnection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PoolConnection").finish_non_exhaustive()
    }
}
