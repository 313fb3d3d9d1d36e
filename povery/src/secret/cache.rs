//! One secret: fetched once for all who ask at the same time, kept, and used on while it cannot be fetched.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use secrecy::SecretString;
use tokio::time::{Instant, sleep, timeout};

use super::{SecretSource, SecretState, Want};

/// How long a secret is used before it is fetched again, give or take [`JITTER`], so that sandboxes that
/// started together do not go on asking together.
const FRESH: Duration = Duration::from_secs(300);
const JITTER: Duration = Duration::from_secs(30);
/// How long after a fetch another one of the same version does not begin, whoever asks.
const QUIET: Duration = Duration::from_secs(1);
/// How long an old secret that could not be fetched again is used before the next try.
const RETRY: Duration = Duration::from_secs(10);
/// How long a fetch may take in all: less than a statement waits for a connection, so that there is
/// time left to say what is wrong.
const FETCH: Duration = Duration::from_millis(2_500);
/// The same where an old secret is at hand, with which there is a connection to be made yet; and the least.
const REFRESH: Duration = Duration::from_secs(1);

/// Why a secret could not be had. One line, without the secret.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("secret `{name}`: {reason}")]
pub(crate) struct SecretError {
    name: String,
    reason: String,
}

/// A secret of any source, as what is read from its text. What its callers wait for is a fetch that one of
/// them makes, or the end of a pause.
pub(crate) struct SecretCache<T> {
    source: Box<dyn SecretSource>,
    state: Mutex<State<T>>,
    /// Held by who fetches.
    flight: tokio::sync::Mutex<()>,
}

struct State<T> {
    kept: Option<Kept<T>>,
    current: Fetches,
    pending: Fetches,
}

struct Kept<T> {
    secret: T,
    fetched: Instant,
    /// When it is to be fetched again.
    due: Instant,
    /// When that is tried: later, where it could not be had when it was due.
    fresh_until: Instant,
}

/// The fetches of one version. All times are of a clock that does not jump.
#[derive(Default)]
struct Fetches {
    count: u64,
    last: Option<Last>,
}

struct Last {
    ended: Instant,
    /// Whether there was such a version.
    outcome: Result<bool, String>,
}

impl Fetches {
    /// What is left of the pause after the last one.
    fn quiet(&self) -> Option<Duration> {
        let since = self.last.as_ref()?.ended.elapsed();
        QUIET.checked_sub(since).filter(|rest| !rest.is_zero())
    }

    fn ended(&mut self, outcome: Result<bool, String>) {
        self.count += 1;
        let ended = Instant::now();
        self.last = Some(Last { ended, outcome });
    }
}

impl<T> Default for State<T> {
    fn default() -> Self {
        Self {
            kept: None,
            current: Fetches::default(),
            pending: Fetches::default(),
        }
    }
}

impl<T: Clone> State<T> {
    fn kept(&self) -> Option<T> {
        self.kept.as_ref().map(|kept| kept.secret.clone())
    }

    fn fresh(&self) -> Option<T> {
        let kept = self.kept.as_ref();
        let kept = kept.filter(|kept| Instant::now() < kept.fresh_until);
        kept.map(|kept| kept.secret.clone())
    }

    fn keep(&mut self, secret: T, time: Duration) {
        let fetched = Instant::now();
        let due = fetched + time;
        self.kept = Some(Kept {
            secret,
            fetched,
            due,
            fresh_until: due,
        });
    }
}

impl<T: Clone> SecretCache<T> {
    pub(crate) fn new(source: impl SecretSource) -> Self {
        Self {
            source: Box::new(source),
            state: Mutex::default(),
            flight: tokio::sync::Mutex::default(),
        }
    }

    pub(crate) fn name(&self) -> &str {
        self.source.name()
    }

    /// The secret, as `read` reads it. What it cannot read counts as not fetched.
    ///
    /// # Errors
    ///
    /// Where it cannot be fetched and none is kept; a kept one is served although it is old.
    pub(crate) async fn get(
        &self,
        want: Want,
        read: impl Fn(&SecretString) -> Result<T, String>,
    ) -> Result<T, SecretError> {
        if want == Want::Pending {
            match self.pending(&read).await {
                Some(secret) => Ok(secret),
                None => self.current(Want::Kept, &read).await,
            }
        } else {
            self.current(want, &read).await
        }
    }

    /// What is known of it without fetching it.
    pub(crate) fn known(&self) -> SecretState {
        let state = self.state();
        let Some(kept) = &state.kept else {
            return SecretState::Absent;
        };
        let age = kept.fetched.elapsed();
        let failed = state.current.last.as_ref();
        let failed = failed.is_some_and(|last| last.outcome.is_err() && last.ended > kept.fetched);
        match failed || kept.due <= Instant::now() {
            true => SecretState::Stale { age },
            false => SecretState::Fresh { age },
        }
    }

    /// Drops the secret, which overwrites it.
    pub(crate) async fn forget(&self) {
        // A fetch that is under way would bring it back.
        let _flight = self.flight.lock().await;
        *self.state() = State::default();
    }

    async fn current(
        &self,
        want: Want,
        read: &impl Fn(&SecretString) -> Result<T, String>,
    ) -> Result<T, SecretError> {
        let asked = Instant::now();
        let (kept, seen) = {
            let state = self.state();
            if want == Want::Kept
                && let Some(secret) = state.fresh()
            {
                return Ok(secret);
            }
            (state.kept(), state.current.count)
        };
        let _flight = match (want, kept, self.flight.try_lock()) {
            (_, _, Ok(flight)) => flight,
            // Someone is fetching a new one; the old one will do until it is refused.
            (Want::Kept, Some(secret), Err(_)) => return Ok(secret),
            (_, _, Err(_)) => self.flight.lock().await,
        };
        if let Some(outcome) = self.fetched_since(seen) {
            return outcome;
        }
        let (kept, quiet) = {
            let state = self.state();
            (state.kept(), state.current.quiet())
        };
        match (quiet, kept) {
            (None, _) => {}
            (Some(_), Some(secret)) => return Ok(secret),
            (Some(rest), None) => sleep(rest).await,
        }
        let stale = want == Want::Kept && self.state().kept.is_some();
        let bound = if stale { REFRESH } else { rest_of_fetch(asked) };
        self.fetch_current(want, bound, read).await
    }

    /// What a fetch gave that ended while this caller waited: its answer too, be it an error.
    fn fetched_since(&self, seen: u64) -> Option<Result<T, SecretError>> {
        let state = self.state();
        if state.current.count == seen {
            return None;
        }
        match (state.kept(), &state.current.last) {
            (Some(secret), _) => Some(Ok(secret)),
            (None, Some(Last { outcome, .. })) => {
                let reason = outcome.as_ref().err()?;
                Some(Err(self.error(reason.clone())))
            }
            (None, None) => None,
        }
    }

    async fn fetch_current(
        &self,
        want: Want,
        bound: Duration,
        read: &impl Fn(&SecretString) -> Result<T, String>,
    ) -> Result<T, SecretError> {
        let fetched = self.fetch(want, bound, read).await;
        let fetched = fetched.and_then(|found| found.ok_or("there is no such secret".to_owned()));
        let mut state = self.state();
        state
            .current
            .ended(fetched.as_ref().map(|_| true).map_err(String::clone));
        let reason = match fetched {
            Ok(secret) => {
                state.keep(secret.clone(), fresh());
                return Ok(secret);
            }
            Err(reason) => reason,
        };
        let Some(kept) = &mut state.kept else {
            return Err(self.error(reason));
        };
        kept.fresh_until = kept.fresh_until.max(Instant::now() + RETRY);
        let name = self.name();
        tracing::warn!("secret `{name}`: {reason}; the version at hand is used");
        Ok(kept.secret.clone())
    }

    /// The pending version, which is kept for a while: the one that was kept is refused.
    async fn pending(&self, read: &impl Fn(&SecretString) -> Result<T, String>) -> Option<T> {
        let asked = Instant::now();
        let seen = self.state().pending.count;
        let _flight = self.flight.lock().await;
        let quiet = {
            let state = self.state();
            if state.pending.count != seen {
                let found = matches!(&state.pending.last, Some(last) if last.outcome == Ok(true));
                return state.kept().filter(|_| found);
            }
            state.pending.quiet()
        };
        if let Some(rest) = quiet {
            sleep(rest).await;
        }
        let outcome = self.fetch(Want::Pending, rest_of_fetch(asked), read).await;
        let mut state = self.state();
        let found = outcome.as_ref().map(Option::is_some);
        state.pending.ended(found.map_err(String::clone));
        match outcome {
            Ok(Some(secret)) => {
                state.keep(secret.clone(), RETRY);
                Some(secret)
            }
            Ok(None) => None,
            Err(reason) => {
                let name = self.name();
                tracing::warn!("secret `{name}`, pending version: {reason}");
                None
            }
        }
    }

    async fn fetch(
        &self,
        want: Want,
        bound: Duration,
        read: &impl Fn(&SecretString) -> Result<T, String>,
    ) -> Result<Option<T>, String> {
        let fetched = match timeout(bound, self.source.fetch(want)).await {
            Ok(fetched) => fetched.map_err(|error| error.to_string().replace(['\n', '\r'], " "))?,
            Err(_) => {
                let (store, seconds) = (self.source.store(), bound.as_secs_f32());
                return Err(format!(
                    "{store} did not answer within {seconds} s; is there a route to it?"
                ));
            }
        };
        fetched.map(|text| read(&text)).transpose()
    }

    fn error(&self, reason: String) -> SecretError {
        SecretError {
            name: self.name().to_owned(),
            reason,
        }
    }

    fn state(&self) -> MutexGuard<'_, State<T>> {
        // Nothing panics while it is held.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What waiting has left of the time for a fetch: who asked then is to be told in time what is wrong.
fn rest_of_fetch(asked: Instant) -> Duration {
    FETCH.saturating_sub(asked.elapsed()).max(REFRESH)
}

/// [`FRESH`] with its jitter, by the operating system's randomness: whatever was seeded before a snapshot is
/// the same in each sandbox.
fn fresh() -> Duration {
    let random = (uuid::Uuid::new_v4().as_u128() & 0xffff) as u32;
    FRESH - JITTER + (JITTER * 2) * random / 0xffff
}

#[cfg(test)]
mod tests;
