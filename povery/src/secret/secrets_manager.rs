//! A secret in Secrets Manager: through the Parameters and Secrets extension where there is one, else, and
//! whenever that does not answer, through the AWS SDK.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use secrecy::SecretString;
use tokio::time::timeout;

use super::extension::{Answer, Extension};
use super::{SecretFuture, SecretSource, Want, aws};

/// What is wrong with a secret without text.
pub(super) const BINARY: &str = "it is binary; povery reads a JSON string";

/// The time for the extension to answer, which leaves the SDK some even of the shortest fetch.
const EXTENSION: Duration = Duration::from_millis(500);

/// The secret of this name or ARN.
pub(crate) struct SecretsManager {
    id: String,
    /// The id of the version that the extension gave last, which is no secret.
    given: Mutex<Option<String>>,
}

impl SecretsManager {
    pub(crate) fn new(id: String) -> Self {
        Self {
            id,
            given: Mutex::default(),
        }
    }

    /// The extension's answer, if it is of use. `None` sends the caller to the SDK.
    async fn ask_extension(&self, extension: &Extension, want: Want) -> Option<SecretString> {
        let fresh = want == Want::Current;
        let answer = match timeout(EXTENSION, extension.fetch(&self.id, fresh)).await {
            Ok(Ok(answer)) => answer,
            Ok(Err(reason)) => {
                tracing::debug!(
                    "the Parameters and Secrets extension gives no secret: {reason}; the SDK is used"
                );
                return None;
            }
            Err(_) => {
                tracing::warn!("the Parameters and Secrets extension does not answer");
                return None;
            }
        };
        let Answer { text, version } = answer;
        let mut given = self.given.lock().unwrap_or_else(PoisonError::into_inner);
        let unchanged = version.is_some() && *given == version;
        *given = version;
        // Its older versions answer from their cache whatever they are told.
        (!fresh || !unchanged).then_some(text)
    }
}

impl SecretSource for SecretsManager {
    fn name(&self) -> &str {
        &self.id
    }

    fn store(&self) -> &str {
        "Secrets Manager"
    }

    fn fetch(&self, want: Want) -> SecretFuture<'_> {
        Box::pin(async move {
            if want != Want::Pending
                && let Some(extension) = Extension::from_env()
                && let Some(text) = self.ask_extension(&extension, want).await
            {
                return Ok(Some(text));
            }
            aws::fetch(&self.id, want).await.map_err(Into::into)
        })
    }
}

#[cfg(test)]
mod tests;
