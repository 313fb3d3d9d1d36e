//! Logging in with RDS IAM tokens in place of a password.

use std::fmt;
use std::path::PathBuf;
use std::pin::Pin;
use std::time::{Duration, SystemTime};

use secrecy::SecretString;
use tokio::sync::Mutex;
use tokio::time::Instant;

use super::credentials::{Credentials, DatabaseConfigError};
use super::source::{CredentialFuture, CredentialSource};
use crate::secret::{self, Want};

/// How long a token is used, of the 15 minutes that it is valid.
const USED: Duration = Duration::from_secs(10 * 60);
const _: () = assert!(USED.as_secs() < secret::LIFETIME.as_secs());

/// Credentials whose password is an RDS IAM token, signed in the process with the function's own credentials.
/// No secret is stored anywhere; the function's role needs `rds-db:connect`, and the database user
/// `GRANT rds_iam TO …`.
///
/// A token is used for 10 minutes, and for new connections alone: those that are open stay. The connection is
/// always encrypted, and the server verified.
///
/// `DB_IAM=true` with `DB_HOST`, `DB_PORT`, `DB_USER` and `DB_NAME` is one of these. `DB_HOST` is the endpoint that
/// AWS gives the database: a token is valid for that name alone.
///
/// # Example
///
/// ```
/// use povery::{Pool, RdsIam};
///
/// let source = RdsIam::new("shop.abc.eu-west-1.rds.amazonaws.com", "app", "shop");
/// let pool = Pool::new(source, 2);
/// ```
pub struct RdsIam {
    host: String,
    port: u16,
    user: String,
    database: String,
    region: Option<String>,
    ca: Option<PathBuf>,
    kept: Mutex<Option<Token>>,
}

struct Token {
    text: SecretString,
    made: Moment,
}

/// A moment on both clocks: one does not run while a sandbox is frozen, the other may be set.
#[derive(Clone, Copy)]
struct Moment {
    running: Instant,
    wall: SystemTime,
}

impl Moment {
    fn now() -> Self {
        Self {
            running: Instant::now(),
            wall: SystemTime::now(),
        }
    }

    /// Whether what was made at this moment may be used at that one, for either clock.
    fn serves_at(self, now: Self) -> bool {
        let running = now.running.saturating_duration_since(self.running);
        // A clock that was set back tells nothing.
        let wall = now.wall.duration_since(self.wall);
        running < USED && wall.is_ok_and(|wall| wall < USED)
    }
}

impl RdsIam {
    /// Tokens for this user, with port 5432 and the region of the function.
    pub fn new(
        host: impl Into<String>,
        user: impl Into<String>,
        database: impl Into<String>,
    ) -> Self {
        Self {
            host: host.into(),
            port: 5432,
            user: user.into(),
            database: database.into(),
            region: None,
            ca: None,
            kept: Mutex::default(),
        }
    }

    /// Sets the port.
    #[must_use]
    pub fn with_port(mut self, port: u16) -> Self {
        self.port = port;
        self
    }

    /// Sets the region of the database, where it is not that of the function (`AWS_REGION`).
    #[must_use]
    pub fn with_region(mut self, region: impl Into<String>) -> Self {
        self.region = Some(region.into());
        self
    }

    /// Trusts the roots in this PEM file; see [`Credentials::with_ca`].
    #[must_use]
    pub fn with_ca(mut self, ca: impl Into<PathBuf>) -> Self {
        self.ca = Some(ca.into());
        self
    }

    fn with_token(&self, token: SecretString) -> Credentials {
        let credentials = Credentials::new(
            self.host.clone(),
            self.user.clone(),
            token,
            self.database.clone(),
        )
        .with_port(self.port)
        .with_ssl(true);
        match &self.ca {
            Some(ca) => credentials.with_ca(ca),
            None => credentials,
        }
    }
}

impl CredentialSource for RdsIam {
    fn credentials(&self, want: Want) -> CredentialFuture<'_> {
        Box::pin(async move {
            let mut kept = self.kept.lock().await;
            if want == Want::Kept
                && let Some(token) = &*kept
                && token.made.serves_at(Moment::now())
            {
                return Ok(self.with_token(token.text.clone()));
            }
            let made = Moment::now();
            let region = self.region.as_deref();
            let text = secret::token(&self.host, self.port, &self.user, region)
                .await
                .map_err(|reason| DatabaseConfigError::new(format!("RDS IAM token: {reason}")))?;
            *kept = Some(Token {
                text: text.clone(),
                made,
            });
            Ok(self.with_token(text))
        })
    }

    fn forget(&self) -> Pin<Box<dyn Future<Output = ()> + Send + '_>> {
        Box::pin(async { *self.kept.lock().await = None })
    }
}

impl fmt::Debug for RdsIam {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RdsIam")
            .field("host", &self.host)
            .field("port", &self.port)
            .field("user", &self.user)
            .field("database", &self.database)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
