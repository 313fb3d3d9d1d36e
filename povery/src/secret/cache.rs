//! One secret: fetched once for all who ask at the same time, kept, and used on while it cannot be fetched.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use secrecy::SecretString;
use tokio::time::{Instant, sleep, timeout};

use super::{SecretSource, Want};

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
/// The same where an old secret is at hand, with which there is a connection to be made yet.
const REFRESH: Duration = Duration::from_secs(1);

/// Why a secret could not be had. One line, without the secret.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("secret `{name}`: {reason}")]
pub(crate) struct SecretError {
    name: String,
    reason: String,
}

/// A secret of any source. What its callers wait for is a fetch that one of them makes, or the end of a pause.
pub(crate) struct SecretCache {
    source: Box<dyn SecretSource>,
    state: Mutex<State>,
    /// Held by who fetches.
    flight: tokio::sync::Mutex<()>,
}

#[derive(Default)]
struct State {
    kept: Option<Kept>,
    current: Fetches,
    pending: Fetches,
}

struct Kept {
    text: SecretString,
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
    /// `None` where there is no such version.
    outcome: Result<Option<SecretString>, String>,
}

impl Fetches {
    /// What is left of the pause after the last one.
    fn quiet(&self) -> Option<Duration> {
        let since = self.last.as_ref()?.ended.elapsed();
        QUIET.checked_sub(since).filter(|rest| !rest.is_zero())
    }

    fn ended(&mut self, outcome: Result<Option<SecretString>, String>) {
        self.count += 1;
        let ended = Instant::now();
        self.last = Some(Last { ended, outcome });
    }
}

impl State {
    fn kept(&self) -> Option<SecretString> {
        self.kept.as_ref().map(|kept| kept.text.clone())
    }

    fn fresh(&self) -> Option<SecretString> {
        let kept = self.kept.as_ref();
        let kept = kept.filter(|kept| Instant::now() < kept.fresh_until);
        kept.map(|kept| kept.text.clone())
    }
}

impl SecretCache {
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

    /// The secret's text.
    ///
    /// # Errors
    ///
    /// Where it cannot be fetched and none is kept; a kept one is served although it is old.
    pub(crate) async fn get(&self, want: Want) -> Result<SecretString, SecretError> {
        if want == Want::Pending {
            match self.pending().await {
                Some(text) => Ok(text),
                None => self.current(Want::Kept).await,
            }
        } else {
            self.current(want).await
        }
    }

    /// Drops the secret, which overwrites it.
    pub(crate) async fn forget(&self) {
        // A fetch that is under way would bring it back.
        let _flight = self.flight.lock().await;
        *self.state() = State::default();
    }

    async fn current(&self, want: Want) -> Result<SecretString, SecretError> {
        let (kept, seen) = {
            let state = self.state();
            if want == Want::Kept
                && let Some(text) = state.fresh()
            {
                return Ok(text);
            }
            (state.kept(), state.current.count)
        };
        let _flight = match (want, kept, self.flight.try_lock()) {
            (_, _, Ok(flight)) => flight,
            // Someone is fetching a new one; the old one will do until it is refused.
            (Want::Kept, Some(text), Err(_)) => return Ok(text),
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
            (Some(_), Some(text)) => return Ok(text),
            (Some(rest), None) => sleep(rest).await,
        }
        self.fetch_current(want).await
    }

    /// What a fetch gave that ended while this caller waited: its answer too, be it an error.
    fn fetched_since(&self, seen: u64) -> Option<Result<SecretString, SecretError>> {
        let state = self.state();
        if state.current.count == seen {
            return None;
        }
        match (state.kept(), &state.current.last) {
            (Some(text), _) => Some(Ok(text)),
            (None, Some(Last { outcome, .. })) => {
                let reason = outcome.as_ref().err()?;
                Some(Err(self.error(reason.clone())))
            }
            (None, None) => None,
        }
    }

    async fn fetch_current(&self, want: Want) -> Result<SecretString, SecretError> {
        let stale = want == Want::Kept && self.state().kept.is_some();
        let bound = if stale { REFRESH } else { FETCH };
        let fetched = self.fetch(want, bound).await;
        let fetched = fetched.and_then(|text| text.ok_or("there is no such secret".to_owned()));
        let mut state = self.state();
        // The text itself is kept once.
        let outcome = fetched.as_ref().map(|_| None).map_err(String::clone);
        state.current.ended(outcome);
        match fetched {
            Ok(text) => {
                state.kept = Some(Kept {
                    text: text.clone(),
                    fresh_until: Instant::now() + fresh(),
                });
                Ok(text)
            }
            Err(reason) => match &mut state.kept {
                Some(kept) => {
                    kept.fresh_until = kept.fresh_until.max(Instant::now() + RETRY);
                    let name = self.name();
                    tracing::warn!("secret `{name}`: {reason}; the version at hand is used");
                    Ok(kept.text.clone())
                }
                None => Err(self.error(reason)),
            },
        }
    }

    async fn pending(&self) -> Option<SecretString> {
        let seen = self.state().pending.count;
        let _flight = self.flight.lock().await;
        {
            let state = self.state();
            let fetches = &state.pending;
            if fetches.count != seen || fetches.quiet().is_some() {
                let last = fetches.last.as_ref()?;
                return last.outcome.as_ref().ok()?.clone();
            }
        }
        let outcome = self.fetch(Want::Pending, FETCH).await;
        if let Err(reason) = &outcome {
            let name = self.name();
            tracing::warn!("secret `{name}`, pending version: {reason}");
        }
        let text = outcome.as_ref().ok().cloned().flatten();
        self.state().pending.ended(outcome);
        text
    }

    async fn fetch(&self, want: Want, bound: Duration) -> Result<Option<SecretString>, String> {
        match timeout(bound, self.source.fetch(want)).await {
            Ok(outcome) => outcome.map_err(|error| error.to_string().replace(['\n', '\r'], " ")),
            Err(_) => {
                let seconds = bound.as_secs_f32();
                Err(format!(
                    "no answer within {seconds} s; is there a route to where it is kept?"
                ))
            }
        }
    }

    fn error(&self, reason: String) -> SecretError {
        SecretError {
            name: self.name().to_owned(),
            reason,
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // Nothing panics while it is held.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// [`FRESH`] with its jitter, by the operating system's randomness: whatever was seeded before a snapshot is
/// the same in each sandbox.
fn fresh() -> Duration {
    let random = (uuid::Uuid::new_v4().as_u128() & 0xffff) as u32;
    FRESH - JITTER + (JITTER * 2) * random / 0xffff
}

#[cfg(test)]
mod tests;
