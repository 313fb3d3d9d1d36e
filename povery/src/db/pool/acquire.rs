//! From a free slot to a connection that answers.

use std::sync::atomic::Ordering;
use std::time::Instant;

use sqlx::{Connection, Executor};
use tokio::time::timeout_at;
use tracing::Instrument;

use super::connection::{Permit, PoolConnection};
use super::handle::Handle;
use super::slots::Live;
use crate::db::database::title;
use crate::db::fault;
use crate::db::stats::Discard;

impl Handle {
    pub(in crate::db) async fn acquire(&self) -> Result<PoolConnection, sqlx::Error> {
        let span = tracing::debug_span!("acquire", database = title(self.slots.name));
        self.acquired().instrument(span).await
    }

    async fn acquired(&self) -> Result<PoolConnection, sqlx::Error> {
        let until = self.acquire_end();
        let permit = self.permit(until).await?;
        let live = match self.idle(until).await {
            Some(live) => live,
            None => {
                let span = tracing::debug_span!("connect", database = title(self.slots.name));
                self.connect(until, true).instrument(span).await?
            }
        };
        self.slots.counters.acquires.up();
        Ok(PoolConnection::new(live, permit))
    }

    /// A slot, now if there is a free one.
    async fn permit(&self, until: Instant) -> Result<Permit, sqlx::Error> {
        let slots = &*self.slots;
        if let Ok(permit) = slots.free.try_acquire() {
            permit.forget();
            return Ok(Permit::new(self.clone()));
        }
        slots.counters.waits.up();
        tracing::debug!(
            database = title(slots.name),
            size = slots.size,
            "all connections are in use"
        );
        match timeout_at(until.into(), slots.free.acquire()).await {
            Ok(Ok(permit)) => {
                permit.forget();
                Ok(Permit::new(self.clone()))
            }
            Ok(Err(_)) => Err(sqlx::Error::PoolClosed),
            Err(_) => {
                slots.counters.timeouts.up();
                Err(self.none_free())
            }
        }
    }

    /// A handler that holds all slots itself waits for what only it can give.
    fn none_free(&self) -> sqlx::Error {
        let held = self.invocation.as_ref();
        let held = held.map_or(0, |invocation| invocation.held.load(Ordering::Relaxed));
        if held >= self.slots.size {
            return fault::exhausted(self.slots.size);
        }
        sqlx::Error::PoolTimedOut
    }

    /// An idle connection that answers, if there is one. One that does not is closed by dropping
    /// it, and with it all that this invocation has not validated: they are likely as dead.
    async fn idle(&self, until: Instant) -> Option<Live> {
        let (slots, number) = (&*self.slots, self.number());
        loop {
            let mut live = slots.take()?;
            if number.is_some() && live.validated == number && !live.owed {
                return Some(live);
            }
            slots.counters.validations.up();
            let answer_by = until.min(Instant::now() + slots.options.ping);
            let span = tracing::debug_span!("validate", database = title(slots.name));
            let answer = timeout_at(answer_by.into(), self.validate(&mut live));
            let why = match answer.instrument(span).await {
                Ok(Ok(())) => {
                    live.validated = number;
                    live.owed = false;
                    return Some(live);
                }
                Ok(Err(error)) => {
                    tracing::debug!(database = title(slots.name), %error, "validation failed");
                    Discard::Broken
                }
                // It may be well, and still work on what was given up.
                Err(_) if live.owed => Discard::Busy,
                Err(_) => Discard::Unresponsive,
            };
            slots.discard(live, why);
            if why != Discard::Busy {
                slots.discard_idle(Discard::Sibling, |idle| {
                    number.is_none() || idle.validated != number
                });
            }
        }
    }

    async fn validate(&self, live: &mut Live) -> Result<(), sqlx::Error> {
        if let Some(session) = &mut live.session {
            return session
                .validate(&mut live.connection, self.deadline())
                .await;
        }
        // What sqlx sends as a ping, a proxy may answer by itself.
        live.connection
            .execute(sqlx::raw_sql("SELECT 1"))
            .await
            .map(drop)
    }

    /// Ends what this invocation has left unanswered, so that nothing of it goes on while the sandbox is
    /// frozen: what does not end by itself in the time of a rollback is closed.
    pub(in crate::db) async fn settle(&self) {
        let number = self.number();
        for mut live in self
            .slots
            .take_idle(|live| live.owed && live.validated == number)
        {
            let end = tokio::time::timeout(super::ROLLBACK, live.connection.flush());
            match end.await {
                Ok(Ok(())) => {
                    live.owed = false;
                    live.validated = None;
                    self.slots.put(live);
                }
                Ok(Err(_)) => self.slots.discard(live, Discard::Broken),
                Err(_) => self.slots.discard(live, Discard::Busy),
            }
        }
    }
}
