//! Where a database is and how to log in, read from a secret or a URL and checked as a whole.

mod secret;

use std::fmt;
use std::net::IpAddr;
use std::path::PathBuf;

use percent_encoding::percent_decode_str;
use secrecy::{ExposeSecret, SecretString};
use url::{Host, Url};

pub(super) use secret::Given;

const DEFAULT_PORT: u16 = 5432;

/// A configuration that cannot lead to a database. The text is one line, names what to mend, and
/// never contains a secret.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct DatabaseConfigError(String);

impl DatabaseConfigError {
    /// An error that says `text`; for a [`CredentialSource`](crate::CredentialSource) of your own.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }
}

/// Everything that a connection needs. `Debug` leaves the password out.
#[derive(Clone)]
pub struct Credentials {
    pub(super) host: String,
    pub(super) port: u16,
    pub(super) user: String,
    pub(super) password: SecretString,
    pub(super) database: String,
    ssl: Option<bool>,
    ca: Option<PathBuf>,
}

/// How a connection is protected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Tls {
    /// Plain text, to this machine alone.
    Off,
    /// The certificate and the host name are verified: against Mozilla's roots and those of this PEM file,
    /// or of RDS where povery has them.
    Verified { ca: Option<PathBuf> },
}

impl Credentials {
    /// Credentials with port 5432 and the usual rule for TLS: verified, except to this machine.
    pub fn new(
        host: impl Into<String>,
        user: impl Into<String>,
        password: impl Into<SecretString>,
        database: impl Into<String>,
    ) -> Self {
        Self {
            host: host.into(),
            port: DEFAULT_PORT,
            user: user.into(),
            password: password.into(),
            database: database.into(),
            ssl: None,
            ca: None,
        }
    }

    /// Sets the port.
    #[must_use]
    pub fn with_port(mut self, port: u16) -> Self {
        self.port = port;
        self
    }

    /// Turns TLS, with the certificate and host name verified, on or off. Off is possible only to
    /// this machine.
    #[must_use]
    pub fn with_ssl(mut self, ssl: bool) -> Self {
        self.ssl = Some(ssl);
        self
    }

    /// Trusts the roots in this PEM file in addition to Mozilla's, and in place of those of the feature
    /// `rds-roots`.
    #[must_use]
    pub fn with_ca(mut self, ca: impl Into<PathBuf>) -> Self {
        self.ca = Some(ca.into());
        self
    }

    /// Reads `postgres://user:password@host:port/database?sslmode=…&sslrootcert=…`.
    ///
    /// `sslmode` is `disable` (no TLS; this machine only), `require`, `verify-ca` or `verify-full`
    /// (TLS, always fully verified), `allow` or `prefer` (the usual rule).
    ///
    /// # Errors
    ///
    /// Names the part of the URL that is wrong, never the URL itself.
    ///
    /// # Example
    ///
    /// ```
    /// let credentials = povery::Credentials::from_url("postgres://app:secret@localhost/shop").unwrap();
    /// assert!(!format!("{credentials:?}").contains("secret"));
    /// ```
    pub fn from_url(text: &str) -> Result<Self, DatabaseConfigError> {
        let wrong = |what: &str| DatabaseConfigError(format!("DATABASE_URL: {what}"));
        let url = Url::parse(text).map_err(|error| wrong(&format!("it is not a URL ({error})")))?;
        if !matches!(url.scheme(), "postgres" | "postgresql") {
            return Err(wrong("it must begin with postgres://"));
        }
        let decoded = |part: &str, name: &str| {
            let text = percent_decode_str(part).decode_utf8();
            text.map(String::from)
                .map_err(|_| wrong(&format!("the {name} is not UTF-8")))
        };
        let required = |part: &str, name: &str| match part {
            "" => Err(wrong(&format!("the {name} is missing"))),
            part => decoded(part, name),
        };
        let host = match url.host() {
            Some(Host::Domain(host)) => required(host, "host")?,
            Some(Host::Ipv4(ip)) => ip.to_string(),
            Some(Host::Ipv6(ip)) => ip.to_string(),
            None => String::new(),
        };
        let user = required(url.username(), "user")?;
        let password = decoded(url.password().unwrap_or_default(), "password")?;
        let database = required(url.path().trim_start_matches('/'), "database")?;
        let mut credentials =
            Self::new(host, user, password, database).with_port(url.port().unwrap_or(DEFAULT_PORT));
        for (name, value) in url.query_pairs() {
            match (name.as_ref(), value.as_ref()) {
                ("sslmode", "disable") => credentials.ssl = Some(false),
                ("sslmode", "require" | "verify-ca" | "verify-full") => {
                    credentials.ssl = Some(true)
                }
                ("sslmode", "allow" | "prefer") => {}
                ("sslmode", _) => {
                    return Err(wrong(
                        "`sslmode` must be disable, prefer, require or verify-full",
                    ));
                }
                ("sslrootcert", path) => credentials.ca = Some(path.into()),
                ("host", host) => credentials.host = host.to_owned(),
                (name, _) => tracing::warn!("DATABASE_URL: the parameter `{name}` has no effect"),
            }
        }
        if credentials.host.is_empty() {
            return Err(wrong("the host is missing"));
        }
        Ok(credentials)
    }

    /// Whether a connection speaks TLS.
    pub(super) fn is_encrypted(&self) -> bool {
        matches!(self.tls(), Ok(Tls::Verified { .. }))
    }

    /// What protects the connection.
    ///
    /// # Errors
    ///
    /// `ssl: false` to another machine would send data, and to a false server the login, in the clear.
    pub(super) fn tls(&self) -> Result<Tls, DatabaseConfigError> {
        match self.ssl {
            Some(true) => Ok(Tls::Verified { ca: self.ca.clone() }),
            Some(false) | None if self.is_local() => Ok(Tls::Off),
            None => Ok(Tls::Verified { ca: self.ca.clone() }),
            Some(false) => Err(DatabaseConfigError(
                "`ssl` is false, but the database is on another machine: set `ssl` to true, or leave it out".to_owned(),
            )),
        }
    }

    fn is_local(&self) -> bool {
        self.host.starts_with('/')
            || self.host == "localhost"
            || self.host.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
    }

    /// Whether other credentials were used to say the same.
    pub(super) fn same_login(&self, other: &Self) -> bool {
        self.user == other.user && self.password.expose_secret() == other.password.expose_secret()
    }

    /// `user@host:port/database`, for people.
    pub(crate) fn address(&self) -> String {
        format!(
            "{}@{}:{}/{}",
            self.user, self.host, self.port, self.database
        )
    }
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credentials")
            .field("address", &self.address())
            .field("ssl", &self.ssl)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
