//! Where credentials come from.

use std::pin::Pin;

use super::credentials::{Credentials, DatabaseConfigError};
use super::secret::Secret;
use crate::environment::variable;
pub(crate) use crate::secret::SecretState;
pub use crate::secret::Want;

/// A source of credentials, asked for every new connection, so that a changed password or address
/// is followed.
///
/// For a secret that is kept elsewhere than in Secrets Manager, a [`SecretSource`](crate::SecretSource) is less
/// to write.
pub trait CredentialSource: Send + Sync + 'static {
    /// The credentials that are wanted.
    ///
    /// # Errors
    ///
    /// Says in one line, without secrets, why there are none.
    fn credentials(&self, want: Want) -> CredentialFuture<'_>;

    /// What is known, without asking for it, of the secret that has the credentials. For [`Health`](crate::Health); `None`
    /// unless said otherwise: they are in no secret.
    fn secret(&self) -> Option<SecretState> {
        None
    }

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

/// The variables of one database.
struct Variables<'a> {
    /// What stands before their names: nothing, or such as `ORDERS_`.
    prefix: &'a str,
    read: &'a dyn Fn(&str) -> Option<String>,
}

impl Variables<'_> {
    fn name(&self, name: &str) -> String {
        format!("{}{name}", self.prefix)
    }

    fn get(&self, name: &str) -> Option<String> {
        (self.read)(&self.name(name))
    }

    fn port(&self) -> Result<Option<u16>, DatabaseConfigError> {
        let Some(port) = self.get("DB_PORT") else {
            return Ok(None);
        };
        let port = port.parse().ok().filter(|port| *port != 0);
        let name = self.name("DB_PORT");
        let wrong = || DatabaseConfigError::new(format!("{name} must be a number from 1 to 65535"));
        Ok(Some(port.ok_or_else(wrong)?))
    }

    /// Whether `DB_IAM` asks for tokens.
    fn iam(&self) -> Result<bool, DatabaseConfigError> {
        match self.get("DB_IAM").as_deref() {
            None | Some("false") => Ok(false),
            Some("true") => Ok(true),
            Some(_) => {
                let name = self.name("DB_IAM");
                Err(DatabaseConfigError::new(format!(
                    "{name} must be true or false"
                )))
            }
        }
    }
}

/// The database that the environment names, for people.
#[cfg(feature = "local")]
pub(crate) fn configured_place(prefix: &str) -> Option<String> {
    let variable = |name: &str| variable(&format!("{prefix}{name}"));
    if let Some(id) = variable("DB_SECRET_ID") {
        return Some(format!("as the secret `{id}` says"));
    }
    if variable("DB_IAM").is_some_and(|iam| iam != "false") {
        let host = variable("DB_HOST").unwrap_or_else(|| "DB_HOST, which is not set".to_owned());
        return Some(format!("{host}, with IAM tokens"));
    }
    let credentials = Credentials::from_url(&variable("DATABASE_URL")?);
    Some(credentials.map_or_else(
        |error| error.to_string(),
        |credentials| credentials.address(),
    ))
}

/// The source that the environment names, by variables that begin with `prefix`: `DB_SECRET_ID`, else
/// `DB_IAM`, else `DATABASE_URL`. `DB_SSL_CA` names a PEM file of roots for each; `DB_HOST`, `DB_PORT` and
/// `DB_NAME` complete a secret.
pub(super) fn from_env(prefix: &str) -> Box<dyn CredentialSource> {
    let read = &variable;
    configured(&Variables { prefix, read }).unwrap_or_else(misconfigured)
}

pub(super) fn misconfigured(error: DatabaseConfigError) -> Box<dyn CredentialSource> {
    Box::new(Misconfigured(error))
}

fn configured(variables: &Variables<'_>) -> Result<Box<dyn CredentialSource>, DatabaseConfigError> {
    let ca = variables.get("DB_SSL_CA");
    let iam = variables.iam()?;
    if let Some(id) = variables.get("DB_SECRET_ID") {
        if iam {
            let (secret, iam) = (variables.name("DB_SECRET_ID"), variables.name("DB_IAM"));
            return Err(DatabaseConfigError::new(format!(
                "{secret} and {iam} are both set: a login has a password or a token"
            )));
        }
        let mut secret = Secret::from_secrets_manager(id).completed_by_variables(variables.prefix);
        secret.given.host = variables.get("DB_HOST");
        secret.given.port = variables.port()?;
        secret.given.database = variables.get("DB_NAME");
        return Ok(Box::new(match ca {
            Some(ca) => secret.with_ca(ca),
            None => secret,
        }));
    }
    if iam {
        return iam_tokens(variables, ca);
    }
    let Some(url) = variables.get("DATABASE_URL") else {
        let (secret, url) = (
            variables.name("DB_SECRET_ID"),
            variables.name("DATABASE_URL"),
        );
        return Err(DatabaseConfigError::new(format!(
            "no database is configured: set {secret} or {url}"
        )));
    };
    // What it says begins with the name of the variable.
    let credentials = Credentials::from_url(&url)
        .map_err(|error| DatabaseConfigError::new(variables.name(&error.to_string())))?;
    Ok(Box::new(match ca {
        Some(ca) => credentials.with_ca(ca),
        None => credentials,
    }))
}

#[cfg(feature = "rds-iam")]
fn iam_tokens(
    variables: &Variables<'_>,
    ca: Option<String>,
) -> Result<Box<dyn CredentialSource>, DatabaseConfigError> {
    let required = |name: &str| {
        let iam = variables.name("DB_IAM");
        let wrong = || {
            DatabaseConfigError::new(format!(
                "{iam} wants {}, which is not set",
                variables.name(name)
            ))
        };
        variables.get(name).ok_or_else(wrong)
    };
    let mut source = super::RdsIam::new(
        required("DB_HOST")?,
        required("DB_USER")?,
        required("DB_NAME")?,
    );
    if let Some(port) = variables.port()? {
        source = source.with_port(port);
    }
    if let Some(ca) = ca {
        source = source.with_ca(ca);
    }
    Ok(Box::new(source))
}

#[cfg(not(feature = "rds-iam"))]
fn iam_tokens(
    variables: &Variables<'_>,
    _: Option<String>,
) -> Result<Box<dyn CredentialSource>, DatabaseConfigError> {
    let name = variables.name("DB_IAM");
    Err(DatabaseConfigError::new(format!(
        "{name} wants a program that is built with povery's feature `rds-iam`"
    )))
}

#[cfg(test)]
mod tests;
