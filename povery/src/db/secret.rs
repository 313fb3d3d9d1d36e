//! Credentials in a secret.

use std::fmt;
use std::path::PathBuf;
use std::pin::Pin;

use super::credentials::{Credentials, DatabaseConfigError, Given};
use super::source::{CredentialFuture, CredentialSource};
use crate::secret::{SecretCache, SecretSource, SecretState, SecretsManager, Want};

/// Credentials in a secret that a [`SecretSource`] fetches. The text is kept for about 300 s, and past that for
/// as long as it cannot be fetched; after a refused login it is fetched again.
///
/// The secret of `DB_SECRET_ID` is one of these. Host, port and database may be said here, for a secret that
/// carries only a login; what the secret says goes before that.
///
/// # Example
///
/// ```
/// use povery::{Pool, Secret, SecretFuture, SecretSource, Want};
///
/// struct Vault;
///
/// impl SecretSource for Vault {
///     fn name(&self) -> &str {
///         "vault:shop"
///     }
///
///     fn fetch(&self, _: Want) -> SecretFuture<'_> {
///         // A request to it.
///         Box::pin(async { Ok(Some(r#"{"username":"app","password":"s3cret"}"#.to_owned().into())) })
///     }
/// }
///
/// let secret = Secret::new(Vault).with_host("db.example").with_database("shop");
/// let pool = Pool::new(secret, 2);
/// ```
pub struct Secret {
    cache: SecretCache<Credentials>,
    pub(super) given: Given,
    ca: Option<PathBuf>,
}

impl Secret {
    /// The secret that `source` fetches.
    pub fn new(source: impl SecretSource) -> Self {
        Self {
            cache: SecretCache::new(source),
            given: Given {
                by_program: true,
                ..Given::default()
            },
            ca: None,
        }
    }

    /// The secret of this name or ARN in AWS Secrets Manager, through the Parameters and Secrets extension where
    /// `PARAMETERS_SECRETS_EXTENSION_HTTP_PORT` names its port, with the credentials and the region of the
    /// environment.
    ///
    /// # Example
    ///
    /// ```
    /// use povery::{Pool, Secret};
    ///
    /// let pool = Pool::new(Secret::from_secrets_manager("shop/reports"), 2);
    /// ```
    pub fn from_secrets_manager(id: impl Into<String>) -> Self {
        Self::new(SecretsManager::new(id.into()))
    }

    /// Names the host of a secret that has none.
    #[must_use]
    pub fn with_host(mut self, host: impl Into<String>) -> Self {
        self.given.host = Some(host.into());
        self
    }

    /// Names the port of a secret that has none; 5432 if neither says one.
    #[must_use]
    pub fn with_port(mut self, port: u16) -> Self {
        self.given.port = Some(port);
        self
    }

    /// Names the database of a secret that has none.
    #[must_use]
    pub fn with_database(mut self, database: impl Into<String>) -> Self {
        self.given.database = Some(database.into());
        self
    }

    /// Trusts the roots in this PEM file; see [`Credentials::with_ca`].
    #[must_use]
    pub fn with_ca(mut self, ca: impl Into<PathBuf>) -> Self {
        self.ca = Some(ca.into());
        self
    }

    /// Has what is missing said of the variables that begin with `prefix`.
    pub(super) fn completed_by_variables(mut self, prefix: &str) -> Self {
        self.given.by_program = false;
        self.given.prefix = prefix.to_owned();
        self
    }
}

impl CredentialSource for Secret {
    fn credentials(&self, want: Want) -> CredentialFuture<'_> {
        Box::pin(async move {
            let read = |text: &_| Credentials::from_secret(text, &self.given);
            let credentials = self.cache.get(want, read).await;
            let credentials =
                credentials.map_err(|error| DatabaseConfigError::new(error.to_string()))?;
            Ok(match &self.ca {
                Some(ca) => credentials.with_ca(ca),
                None => credentials,
            })
        })
    }

    fn secret(&self) -> Option<SecretState> {
        Some(self.cache.known())
    }

    fn forget(&self) -> Pin<Box<dyn Future<Output = ()> + Send + '_>> {
        Box::pin(self.cache.forget())
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Secret")
            .field("name", &self.cache.name())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
