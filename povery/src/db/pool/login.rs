//! Connecting: with which credentials, and how often.

use std::io;
use std::time::{Duration, Instant};

use sqlx::{ConnectOptions, PgConnection};
use tokio::sync::MutexGuard;
use tokio::time::{sleep, timeout, timeout_at};
use tracing::Instrument;

use super::handle::Handle;
use super::slots::{Live, Slots};
use crate::db::connect::{client_options, configuration};
use crate::db::credentials::Credentials;
use crate::db::database::title;
use crate::db::fault::{is_refused_login, late, may_pass};
use crate::db::nodelay::prompt;
use crate::db::session::Session;
use crate::db::source::Want;

/// The pauses between attempts to connect: doubling from the first to the last, each shortened at random
/// by up to a half, so that sandboxes do not come back together.
const FIRST_PAUSE: Duration = Duration::from_millis(50);
const LAST_PAUSE: Duration = Duration::from_millis(800);
/// What an attempt needs: after a pause, at least this must be left of the time.
const ATTEMPT: Duration = Duration::from_millis(50);

impl Handle {
    /// Connects, trying again while the server may yet become able to answer, if it is `patient`. A refused
    /// login is tried again with whatever the source then has.
    pub(super) async fn connect(&self, until: Instant, patient: bool) -> Result<Live, sqlx::Error> {
        let slots = &*self.slots;
        let mut pauses = Pauses::new(until);
        let mut renewal: Option<Renewal<'_>> = None;
        let mut last = None;
        loop {
            let credentials = async {
                match &mut renewal {
                    None => slots.ask(Want::Kept).await,
                    Some(renewal) => renewal.next(&mut pauses).await,
                }
            };
            let credentials = match timeout_at(until.into(), credentials).await {
                Ok(Ok(Some(credentials))) => credentials,
                Ok(Ok(None)) => return Err(last.unwrap_or_else(|| late("the login is refused"))),
                Ok(Err(error)) => return Err(error),
                Err(_) => {
                    let text = "the credentials could not be had in time";
                    return Err(last.unwrap_or_else(|| late(text)));
                }
            };
            // Whoever found this out had no time left to mend it: trying it again first would take the time from
            // everyone after him.
            if renewal.is_none() && slots.was_refused(&credentials) {
                renewal = Some(Renewal::new(slots, credentials));
                continue;
            }
            let error = match timeout_at(until.into(), self.attempt(&credentials)).await {
                Ok(Ok(live)) => {
                    slots.set_refused(None);
                    if renewal.is_some() {
                        slots.set_renewed(Some(credentials));
                    }
                    return Ok(live);
                }
                Ok(Err(error)) => error,
                Err(_) => {
                    slots.counters.connect_failures.up();
                    let text = "the database could not be reached in time";
                    return Err(last.unwrap_or_else(|| late(text)));
                }
            };
            slots.counters.connect_failures.up();
            tracing::debug!(database = title(slots.name), %error, "connecting failed");
            if is_refused_login(&error) {
                slots.set_refused(Some(credentials.clone()));
                match &mut renewal {
                    None => renewal = Some(Renewal::new(slots, credentials)),
                    Some(renewal) => renewal.refused = credentials,
                }
            } else if !patient || !may_pass(&error) || !pauses.pause().await {
                return Err(error);
            }
            last = Some(error);
        }
    }

    /// One attempt: name resolution, TCP, TLS, login and what a new session is told.
    async fn attempt(&self, credentials: &Credentials) -> Result<Live, sqlx::Error> {
        let slots = &*self.slots;
        let (started, time) = (Instant::now(), slots.options.connect);
        let made = timeout(time, async {
            let connection = slots.log_in(credentials).await?;
            self.set_up(connection).await
        });
        let live = made.await.unwrap_or_else(|_| {
            let (host, port) = (&credentials.host, credentials.port);
            let time = match time.subsec_millis() {
                0 => format!("{} s", time.as_secs()),
                _ => format!("{} ms", time.as_millis()),
            };
            let text = format!("no answer from {host}:{port} within {time}");
            Err(sqlx::Error::Io(io::Error::new(
                io::ErrorKind::TimedOut,
                text,
            )))
        })?;
        slots.counters.connects.up();
        let ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
        tracing::debug!(database = title(slots.name), ms, "connected");
        Ok(live)
    }

    async fn set_up(&self, mut connection: PgConnection) -> Result<Live, sqlx::Error> {
        let options = &self.slots.options;
        // First, so that limits which it sets are not exceeded either.
        if let Some(told) = &options.after_connect {
            told(&mut connection).await?;
        }
        let session = match options.is_proxied() {
            true => None,
            false => Some(Session::set_up(&mut connection, self.deadline()).await?),
        };
        let now = Instant::now();
        Ok(Live {
            connection,
            session,
            validated: self.number(),
            owed: false,
            since: now,
            used: now,
        })
    }
}

impl Slots {
    /// A new session, told nothing yet.
    pub(super) async fn log_in(
        &self,
        credentials: &Credentials,
    ) -> Result<PgConnection, sqlx::Error> {
        let options = client_options(credentials, &self.options)?;
        match credentials.is_encrypted() {
            true => prompt(credentials.port, options.connect()).await,
            false => options.connect().await,
        }
    }

    async fn ask(&self, want: Want) -> Result<Option<Credentials>, sqlx::Error> {
        if want != Want::Kept {
            self.counters.refreshes.up();
            tracing::debug!(
                database = title(self.name),
                ?want,
                "credentials asked for again"
            );
        }
        let credentials = self.source.credentials(want);
        let credentials = match want {
            Want::Kept => credentials.await,
            _ => {
                let span = tracing::debug_span!("refresh", database = title(self.name), ?want);
                credentials.instrument(span).await
            }
        };
        credentials.map(Some).map_err(configuration)
    }
}

/// The search for a login that is not refused. One acquire searches at a time, the others take what it finds.
struct Renewal<'s> {
    slots: &'s Slots,
    refused: Credentials,
    turn: Option<MutexGuard<'s, ()>>,
    asked_for_pending: bool,
}

impl<'s> Renewal<'s> {
    fn new(slots: &'s Slots, refused: Credentials) -> Self {
        Self {
            slots,
            refused,
            turn: None,
            asked_for_pending: false,
        }
    }

    /// What to try next; `None` once there is no time for it. The current login if it has changed, once the one that
    /// a rotation is about to make current, and else, after a pause, whatever is current by then: database and
    /// secret are not changed in the same instant.
    async fn next(&mut self, pauses: &mut Pauses) -> Result<Option<Credentials>, sqlx::Error> {
        if self.turn.is_none() {
            self.turn = Some(self.slots.renewal.lock().await);
            if let Some(found) = self.slots.renewed().filter(|found| self.is_other(found)) {
                self.turn = None;
                return Ok(Some(found));
            }
        }
        if !self.asked_for_pending {
            for want in [Want::Current, Want::Pending] {
                self.asked_for_pending = want == Want::Pending;
                let found = self.slots.ask(want).await?;
                if found.as_ref().is_some_and(|found| self.is_other(found)) {
                    return Ok(found);
                }
            }
        }
        if !pauses.pause().await {
            return Ok(None);
        }
        self.slots.ask(Want::Current).await
    }

    fn is_other(&self, credentials: &Credentials) -> bool {
        !self.refused.same_login(credentials)
    }
}

struct Pauses {
    next: Duration,
    until: Instant,
}

impl Pauses {
    fn new(until: Instant) -> Self {
        Self {
            next: FIRST_PAUSE,
            until,
        }
    }

    /// Waits; `false` at once where no time would be left for an attempt.
    async fn pause(&mut self) -> bool {
        let left = self.until.saturating_duration_since(Instant::now());
        let Some(longest) = left
            .checked_sub(ATTEMPT)
            .filter(|longest| !longest.is_zero())
        else {
            return false;
        };
        sleep(shortened(self.next).min(longest)).await;
        self.next = (self.next * 2).min(LAST_PAUSE);
        true
    }
}

/// Something from a half of the pause to all of it.
fn shortened(pause: Duration) -> Duration {
    let [random, ..] = *uuid::Uuid::new_v4().as_bytes();
    let half = pause / 2;
    half + half * u32::from(random) / 255
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pause_is_shortened_by_a_half_at_the_most() {
        let all: Vec<_> = (0..200).map(|_| shortened(LAST_PAUSE)).collect();
        assert!(
            all.iter()
                .all(|one| (LAST_PAUSE / 2..=LAST_PAUSE).contains(one))
        );
        assert!(all.iter().any(|one| *one != all[0]), "at random");
    }

    #[tokio::test]
    async fn pauses_grow_and_leave_time_for_an_attempt() {
        let until = Instant::now() + Duration::from_millis(200);
        let mut pauses = Pauses::new(until);
        let mut count = 0;
        while pauses.pause().await {
            count += 1;
        }
        assert!((2..=4).contains(&count), "{count}");
        assert!(pauses.next > FIRST_PAUSE && until - Instant::now() <= ATTEMPT);
    }
}
