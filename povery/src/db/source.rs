//! Where credentials come from.

use std::pin::Pin;

use secrecy::SecretString;

use super::credentials::{Credentials, DatabaseConfigError, Given};
use super::database::variable_of;
use crate::environment::variable;
use crate::secret::SecretCache;

/// Which credentials a pool asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Want {
    /// Those at hand, or else the current ones.
    Kept,
    /// The current ones: the server has just refused those that were kept, so a cache is passed over.
    Current,
    /// Those that a rotation is about to make current, where the source knows of such: the server has
    /// refused the current ones. A source that knows none gives the current ones again.
    Pending,
}

/// A source of credentials, asked for every new connection, so that a changed password or address
/// is followed.
pub trait CredentialSource: Send + Sync + 'static {
    /// The credentials that are wanted.
    ///
    /// # Errors
    ///
    /// Says in one line, without secrets, why there are none.
    fn credentials(&self, want: Want) -> CredentialFuture<'_>;

    /// Lets go of whatever is kept: the memory of the process is about to be stored as a snapshot, or the
    /// pool was [disconnected](crate::Pool::disconnect). Nothing unless said otherwise.
    fn forget(&self) -> Pin<Box<dyn Future<Output = ()> + Send + '_>> {
        Box::pin(std::future::ready(()))
    }
}

/// What a [`CredentialSource`] returns.
pub type CredentialFuture<'a> =
    Pin<Box<dyn Future<Output = Result<Credentials, DatabaseConfigError>> + Send + 'a>>;

/// Credentials that do not change.
impl CredentialSource for Credentials {
    fn credentials(&self, _: Want) -> CredentialFuture<'_> {
        Box::pin(std::future::ready(Ok(self.clone())))
    }
}

/// A configuration that leads nowhere: each statement says why.
struct Misconfigured(DatabaseConfigError);

impl CredentialSource for Misconfigured {
    fn credentials(&self, _: Want) -> CredentialFuture<'_> {
        Box::pin(std::future::ready(Err(self.0.clone())))
    }
}

/// A secret in Secrets Manager, and what the environment says beside it.
struct SecretSource {
    secret: SecretCache,
    given: Given,
    ca: Option<String>,
}

impl CredentialSource for SecretSource {
    fn credentials(&self, want: Want) -> CredentialFuture<'_> {
        Box::pin(async move {
            let text: SecretString = self
                .secret
                .get(want != Want::Kept)
                .await
                .map_err(|error| DatabaseConfigError::new(error.to_string()))?;
            let credentials =
                Credentials::from_secret(self.secret.id(), &text, self.given.clone())?;
            Ok(with_ca(credentials, self.ca.as_deref()))
        })
    }

    fn forget(&self) -> Pin<Box<dyn Future<Output = ()> + Send + '_>> {
        Box::pin(self.secret.forget())
    }
}

fn with_ca(credentials: Credentials, ca: Option<&str>) -> Credentials {
    match ca {
        Some(ca) => credentials.with_ca(ca),
        None => credentials,
    }
}

/// The database that the environment names, for people.
#[cfg(feature = "local")]
pub(crate) fn configured_place(database: &str) -> Option<String> {
    let variable = |name: &str| variable(&variable_of(database, name));
    if let Some(id) = variable("DB_SECRET_ID") {
        return Some(format!("as the secret `{id}` says"));
    }
    let credentials = Credentials::from_url(&variable("DATABASE_URL")?);
    Some(credentials.map_or_else(
        |error| error.to_string(),
        |credentials| credentials.address(),
    ))
}

/// The source that the environment names: `DB_SECRET_ID`, else `DATABASE_URL`. `DB_SSL_CA` names a
/// PEM file of roots for either; `DB_HOST`, `DB_PORT` and `DB_NAME` complete a secret. Each has the name of
/// the database before it, but for the main one.
pub(super) fn from_env(database: &str) -> Box<dyn CredentialSource> {
    configured(database).unwrap_or_else(misconfigured)
}

pub(super) fn misconfigured(error: DatabaseConfigError) -> Box<dyn CredentialSource> {
    Box::new(Misconfigured(error))
}

fn configured(database: &str) -> Result<Box<dyn CredentialSource>, DatabaseConfigError> {
    let variable = |name: &str| variable(&variable_of(database, name));
    let ca = variable("DB_SSL_CA");
    if let Some(id) = variable("DB_SECRET_ID") {
        return Ok(Box::new(SecretSource {
            secret: SecretCache::new(id),
            given: given(database)?,
            ca,
        }));
    }
    let Some(url) = variable("DATABASE_URL") else {
        return Err(DatabaseConfigError::new(format!(
            "no database is configured: set {} or {}",
            variable_of(database, "DB_SECRET_ID"),
            variable_of(database, "DATABASE_URL")
        )));
    };
    // What it says begins with the variable's name.
    let named = |error: DatabaseConfigError| {
        DatabaseConfigError::new(variable_of(database, &error.to_string()))
    };
    Ok(Box::new(with_ca(
        Credentials::from_url(&url).map_err(named)?,
        ca.as_deref(),
    )))
}

fn given(database: &str) -> Result<Given, DatabaseConfigError> {
    let variable = |name: &str| variable(&variable_of(database, name));
    let port = match variable("DB_PORT") {
        None => None,
        Some(port) => {
            let port = port.parse().ok().filter(|port| *port != 0);
            Some(port.ok_or_else(|| {
                let name = variable_of(database, "DB_PORT");
                DatabaseConfigError::new(format!("{name} must be a number from 1 to 65535"))
            })?)
        }
    };
    Ok(Given {
        host: variable("DB_HOST"),
        port,
        database: variable("DB_NAME"),
    })
}
