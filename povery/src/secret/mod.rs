//! Secrets, fetched once and kept.

mod aws;
mod container;

use std::time::{Duration, Instant};

use secrecy::SecretString;
use tokio::sync::Mutex;
use tokio::time::timeout;

/// How long a secret is used before it is fetched again.
const FRESH: Duration = Duration::from_secs(300);
/// How long after a fetch another one is not made, whoever asks.
const QUIET: Duration = Duration::from_secs(1);

/// Why a secret could not be had. One line, without the secret.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("secret `{id}`: {reason}")]
pub(crate) struct SecretError {
    id: String,
    reason: String,
}

/// How long a fetch may take in all: less than a statement waits for a connection, so that there is
/// time left to use a secret that is kept, or to say what is wrong.
const FETCH: Duration = Duration::from_millis(2_500);

/// One secret of Secrets Manager. Concurrent callers share one fetch.
pub(crate) struct SecretCache {
    id: String,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    client: Option<aws::Client>,
    kept: Option<(SecretString, Instant)>,
    fetched: Option<Instant>,
}

impl SecretCache {
    pub(crate) fn new(id: String) -> Self {
        Self {
            id,
            state: Mutex::default(),
        }
    }

    pub(crate) fn id(&self) -> &str {
        &self.id
    }

    /// The secret's text. `refused` asks for a later version than the one that was just refused.
    ///
    /// # Errors
    ///
    /// Where it cannot be fetched and none is kept; a kept one is served although it is old.
    pub(crate) async fn get(&self, refused: bool) -> Result<SecretString, SecretError> {
        let mut state = self.state.lock().await;
        let quiet = state.fetched.is_some_and(|at| at.elapsed() < QUIET);
        if let Some((secret, at)) = &state.kept
            && (quiet || (!refused && at.elapsed() < FRESH))
        {
            return Ok(secret.clone());
        }
        let fetched = timeout(FETCH, self.fetch(&mut state)).await;
        let fetched = fetched.unwrap_or_else(|_| {
            let seconds = FETCH.as_secs_f32();
            Err(format!(
                "Secrets Manager did not answer within {seconds} s; is there a route to it?"
            ))
        });
        state.fetched = Some(Instant::now());
        match (fetched, &state.kept) {
            (Ok(secret), _) => {
                state.kept = Some((secret.clone(), Instant::now()));
                Ok(secret)
            }
            (Err(reason), Some((secret, _))) => {
                tracing::warn!(
                    "secret `{}`: {reason}; the version at hand is used",
                    self.id
                );
                Ok(secret.clone())
            }
            (Err(reason), None) => Err(SecretError {
                id: self.id.clone(),
                reason,
            }),
        }
    }

    /// Drops the secret, which overwrites it, and the client with its connections and credentials.
    pub(crate) async fn forget(&self) {
        *self.state.lock().await = State::default();
    }

    async fn fetch(&self, state: &mut State) -> Result<SecretString, String> {
        let client = match &mut state.client {
            Some(client) if client.lasts => client,
            client => client.insert(aws::Client::from_env().await?),
        };
        client.fetch(&self.id).await
    }
}
