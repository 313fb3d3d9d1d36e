//! The keys of an issuer: fetched once for all who ask, kept, and used on while they cannot be fetched.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jsonwebtoken::jwk::{Jwk, PublicKeyUse};
use serde::Deserialize;
use serde_json::Value;
use tokio::time::{Instant, timeout};

use super::fetch;

/// How long keys are used before they are fetched again.
const FRESH: Duration = Duration::from_secs(60 * 60);
/// How long they are used while they cannot be fetched.
const STALE: Duration = Duration::from_secs(24 * 60 * 60);
/// How long after a fetch a key id that is not known, or an age, is no reason for the next: anybody can invent ids.
const QUIET: Duration = Duration::from_secs(30);
/// The same where there are no keys at all.
const RETRY: Duration = Duration::from_secs(1);

/// The answer of a look for a key.
pub(super) enum Found {
    Key(Arc<Jwk>),
    /// The issuer has no such key.
    Unknown,
    /// The issuer cannot be asked.
    Unavailable,
}

/// The keys, by their ids. All times are of a clock that does not jump.
#[derive(Default)]
pub(super) struct Keys {
    state: Mutex<State>,
    /// Held by who fetches.
    flight: tokio::sync::Mutex<()>,
}

#[derive(Default)]
struct State {
    kept: HashMap<String, Arc<Jwk>>,
    /// When those were fetched.
    fetched: Option<Instant>,
    /// When the last fetch ended, or was given up.
    tried: Option<Instant>,
    count: u64,
}

impl State {
    fn age(&self) -> Option<Duration> {
        self.fetched.map(|at| at.elapsed())
    }

    fn is_usable(&self) -> bool {
        self.age().is_some_and(|age| age < STALE)
    }

    /// The key, where no fetch could say it better.
    fn settled(&self, kid: &str) -> Option<Found> {
        let key = self.kept.get(kid).filter(|_| self.is_usable());
        let pause = if self.is_usable() { QUIET } else { RETRY };
        let is_quiet = self.tried.is_some_and(|at| at.elapsed() < pause);
        let is_fresh = self.age().is_some_and(|age| age < FRESH);
        match key {
            Some(key) if is_fresh || is_quiet => Some(Found::Key(Arc::clone(key))),
            None if is_quiet => Some(self.told(kid)),
            _ => None,
        }
    }

    /// What is known now, be it old.
    fn told(&self, kid: &str) -> Found {
        match self.kept.get(kid) {
            _ if !self.is_usable() => Found::Unavailable,
            Some(key) => Found::Key(Arc::clone(key)),
            None => Found::Unknown,
        }
    }
}

impl Keys {
    /// The key of that id, fetched from `uri` if need be, in no more than `bound`.
    pub(super) async fn find(&self, kid: &str, uri: &str, bound: Duration) -> Found {
        if let Some(found) = self.state().settled(kid) {
            return found;
        }
        self.refresh(uri, bound).await;
        self.state().told(kid)
    }

    /// Fetches the keys, or waits for who does. What fails is a warning, and changes nothing.
    pub(super) async fn refresh(&self, uri: &str, bound: Duration) {
        let seen = self.state().count;
        let Ok(_flight) = timeout(bound, self.flight.lock()).await else {
            return;
        };
        if self.state().count != seen {
            return;
        }
        let _ended = Ended(self);
        let fetched = match timeout(bound, fetch::get(uri)).await {
            Ok(Ok(body)) => read(&body),
            Ok(Err(reason)) => Err(reason),
            Err(_) => Err("they did not arrive in time".to_owned()),
        };
        match fetched {
            Ok(keys) => {
                let mut state = self.state();
                state.kept = keys;
                state.fetched = Some(Instant::now());
            }
            Err(reason) => tracing::warn!("the keys of the issuer: {reason}"),
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The end of a fetch, also of one that is dropped on its way. Until then nobody is told that there is nothing: who asks
/// meanwhile waits.
struct Ended<'a>(&'a Keys);

impl Drop for Ended<'_> {
    fn drop(&mut self) {
        let mut state = self.0.state();
        state.count += 1;
        state.tried = Some(Instant::now());
    }
}

/// A JWK set (RFC 7517, section 5).
#[derive(Deserialize)]
struct Set {
    keys: Vec<Value>,
}

/// The keys that verify signatures. Others are passed over, as are those of kinds that nobody here knows.
fn read(body: &[u8]) -> Result<HashMap<String, Arc<Jwk>>, String> {
    let set: Set = serde_json::from_slice(body).map_err(|_| "the answer is no JWK set")?;
    let keys = set.keys.into_iter();
    let keys = keys.filter_map(|key| serde_json::from_value::<Jwk>(key).ok());
    let keys = keys.filter(|key| {
        let common = &key.common;
        matches!(common.public_key_use, None | Some(PublicKeyUse::Signature))
    });
    let keys: HashMap<_, _> = keys
        .filter_map(|key| Some((key.common.key_id.clone()?, Arc::new(key))))
        .collect();
    match keys.is_empty() {
        true => Err("the answer has no key for signatures".to_owned()),
        false => Ok(keys),
    }
}

#[cfg(test)]
mod tests;
