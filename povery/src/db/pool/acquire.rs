//! From a free slot to a connection that answers.

use std::sync::atomic::Ordering;
use std::time::Instant;

use futures_util::future::join_all;
use sqlx::Connection;
use tokio::time::{timeout, timeout_at};
use tracing::Instrument;

use super::connection::{Permit, PoolConnection};
use super::handle::Handle;
use super::slots::Live;
use crate::db::database::title;
use crate::db::fault;
use crate::db::session::prove;
use crate::db::stats::Discard;

impl Handle {
    pub(in crate::db) async fn acquire(&self) -> Result<PoolConnection, sqlx::Error> {
        let span = tracing::debug_span!("acquire", database = title(self.slots.name));
        self.acquired().instrument(span).await
    }

    async fn acquired(&self) -> Result<PoolConnection, sqlx::Error> {
        let until = self.acquire_end();
        let permit = self.permit(until).await?;
        let live = match self.idle(until).await? {
            Some(live) => live,
            None => {
                self.in_time(until)?;
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
    ///
    /// # Errors
    ///
    /// There is no time to ask one.
    async fn idle(&self, until: Instant) -> Result<Option<Live>, sqlx::Error> {
        let (slots, number) = (&*self.slots, self.number());
        loop {
            let Some(mut live) = slots.take() else {
                return Ok(None);
            };
            if number.is_some() && live.validated == number && !live.owed {
                return Ok(Some(live));
            }
            if let Err(late) = self.in_time(until) {
                slots.put(live);
                return Err(late);
            }
            slots.counters.validations.up();
            let ping = Instant::now().checked_add(slots.options.ping);
            let answer_by = ping.map_or(until, |ping| ping.min(until));
            let span = tracing::debug_span!("validate", database = title(slots.name));
            let answer = timeout_at(answer_by.into(), self.validate(&mut live));
            let why = match answer.instrument(span).await {
                Ok(Ok(())) => {
                    live.validated = number;
                    live.owed = false;
                    return Ok(Some(live));
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

    /// Whether anything is to be asked of a server before `until`: what has no time to answer is not broken.
    fn in_time(&self, until: Instant) -> Result<(), sqlx::Error> {
        match self.deadline() {
            Some(_) if until <= Instant::now() => Err(fault::given_up()),
            _ => Ok(()),
        }
    }

    async fn validate(&self, live: &mut Live) -> Result<(), sqlx::Error> {
        if let Some(session) = &mut live.session {
            return session
                .validate(&mut live.connection, self.deadline())
                .await;
        }
        // What sqlx sends as a ping, a proxy may answer by itself.
        prove(&mut live.connection, "").await
    }

    /// Ends what this invocation has left unanswered, so that nothing of it goes on while the sandbox is
    /// frozen: what does not end by itself in the time of a rollback is closed.
    pub(in crate::db) async fn settle(&self) {
        let (slots, number) = (&*self.slots, self.number());
        let owing = slots.take_idle(|live| live.owed && live.validated == number);
        let settled = owing.into_iter().map(|mut live| async move {
            match timeout(super::ROLLBACK, live.connection.flush()).await {
                Ok(Ok(())) => {
                    live.owed = false;
                    live.validated = None;
                    slots.put(live);
                }
                Ok(Err(_)) => slots.discard(live, Discard::Broken),
                Err(_) => slots.discard(live, Discard::Busy),
            }
        });
        join_all(settled).await;
    }
}
