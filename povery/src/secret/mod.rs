//! Secrets, fetched once and kept, and what AWS takes in place of one. The AWS SDK is imported here alone.

mod aws;
mod cache;
mod container;
mod extension;
#[cfg(test)]
mod fake;
#[cfg(feature = "rds-iam")]
mod iam;
mod identity;
mod sandbox;
mod secrets_manager;

use std::pin::Pin;
use std::time::Duration;

use secrecy::SecretString;

use crate::error::BoxError;

pub(crate) use cache::SecretCache;
#[cfg(feature = "rds-iam")]
pub(crate) use iam::{LIFETIME, token};
pub(crate) use secrets_manager::SecretsManager;

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

/// What is known of a secret without fetching it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SecretState {
    /// It has not been fetched yet, or could not be.
    Absent,
    /// It was fetched that long ago, and is used without being fetched again.
    Fresh {
        /// The time since it was fetched.
        age: Duration,
    },
    /// It is used on although it is due to be fetched again, or could not be when that was tried last.
    Stale {
        /// The time since it was fetched.
        age: Duration,
    },
}

/// Where the text of a secret comes from, if not from Secrets Manager: a file, another store. The text is the
/// JSON that [`Secret`](crate::Secret) reads, keeps and fetches again.
///
/// # Example
///
/// ```
/// use povery::{Pool, Secret, SecretFuture, SecretSource, Want};
///
/// /// A file that an agent in the sandbox keeps up to date.
/// struct MountedFile(&'static str);
///
/// impl SecretSource for MountedFile {
///     fn name(&self) -> &str {
///         self.0
///     }
///
///     fn fetch(&self, want: Want) -> SecretFuture<'_> {
///         Box::pin(async move {
///             if want == Want::Pending {
///                 return Ok(None);
///             }
///             Ok(Some(std::fs::read_to_string(self.0)?.into()))
///         })
///     }
/// }
///
/// let pool = Pool::new(Secret::new(MountedFile("/run/secrets/database.json")), 2);
/// ```
pub trait SecretSource: Send + Sync + 'static {
    /// What messages call the secret; no part of its content.
    fn name(&self) -> &str;

    /// What messages call the place that it is kept in.
    fn store(&self) -> &str {
        "its store"
    }

    /// Fetches the text: `{"host", "port"?, "user" | "username", "password", "database" | "dbname", "ssl"?,
    /// "engine"?}`. One call is under way at a time, dropped after 2.5 s (1 s where an old text is at hand), and
    /// not more than one begins within a second of each of the current and the pending version.
    ///
    /// `want` is [`Want::Kept`] where a cache of the source's own may answer, [`Want::Current`] where it may
    /// not, and [`Want::Pending`] for the version that a rotation is about to make current. `None` says that
    /// there is no such version, which is all that a source without rotation has to say of a pending one.
    ///
    /// # Errors
    ///
    /// Go to the log: one line, without any part of the secret. A text that was fetched before is used on.
    fn fetch(&self, want: Want) -> SecretFuture<'_>;
}

/// What a [`SecretSource`] returns.
pub type SecretFuture<'a> =
    Pin<Box<dyn Future<Output = Result<Option<SecretString>, BoxError>> + Send + 'a>>;
