//! Where a database is and how to log in, read from a secret or a URL and checked as a whole.

use std::fmt;
use std::net::IpAddr;
use std::path::PathBuf;

use percent_encoding::percent_decode_str;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use url::{Host, Url};

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
    /// The certificate and the host name are verified: against the system's roots and those of this PEM file,
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

    /// Trusts the roots in this PEM file in addition to the system's, and in place of those of the feature
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

    /// Reads a secret's JSON, `{"host", "port"?, "user" | "username", "password", "database" |
    /// "dbname", "ssl"?, "engine"?}`, as povery, RDS and Secrets Manager write it. `given` is what
    /// the environment says of host, port and database, for secrets that carry only a login.
    ///
    /// # Errors
    ///
    /// Names the secret and the field that is wrong, never a value.
    pub(super) fn from_secret(
        name: &str,
        text: &SecretString,
        given: Given,
    ) -> Result<Self, DatabaseConfigError> {
        let wrong = |what: String| DatabaseConfigError(format!("secret `{name}`: {what}"));
        let text = text.expose_secret();
        if text.trim().is_empty() {
            return Err(wrong("it is empty".to_owned()));
        }
        let object: serde_json::Map<String, serde_json::Value> =
            serde_json::from_str(text).map_err(|_| wrong("it is not a JSON object".to_owned()))?;
        let text_field = |names: &[&str]| -> Result<Option<String>, DatabaseConfigError> {
            match names
                .iter()
                .find_map(|name| Some((name, object.get(*name)?)))
            {
                None | Some((_, serde_json::Value::Null)) => Ok(None),
                Some((name, serde_json::Value::String(text))) if text.is_empty() => {
                    Err(wrong(format!("the field `{name}` is empty")))
                }
                Some((_, serde_json::Value::String(text))) => Ok(Some(text.clone())),
                Some((name, _)) => Err(wrong(format!("the field `{name}` must be a string"))),
            }
        };
        let missing = |name: &str, variable: Option<&str>| {
            let instead = variable
                .map(|variable| format!(" and {variable} is not set"))
                .unwrap_or_default();
            wrong(format!("the field `{name}` is missing{instead}"))
        };
        if let Some(engine) = text_field(&["engine"])?
            && !matches!(
                engine.as_str(),
                "postgres" | "postgresql" | "aurora-postgresql"
            )
        {
            return Err(wrong(
                "the field `engine` names another database than PostgreSQL".to_owned(),
            ));
        }
        let port = match object.get("port") {
            None | Some(serde_json::Value::Null) => None,
            Some(port) => Some(Port::deserialize(port).ok().and_then(Port::number)).map(|port| {
                port.ok_or_else(|| {
                    wrong("the field `port` must be a number from 1 to 65535".to_owned())
                })
            }),
        };
        let ssl = match object.get("ssl") {
            None | Some(serde_json::Value::Null) => None,
            Some(serde_json::Value::Bool(ssl)) => Some(*ssl),
            Some(serde_json::Value::String(text)) if text == "true" => Some(true),
            Some(serde_json::Value::String(text)) if text == "false" => Some(false),
            Some(_) => return Err(wrong("the field `ssl` must be true or false".to_owned())),
        };
        let host = text_field(&["host"])?
            .or(given.host)
            .ok_or_else(|| missing("host", Some("DB_HOST")))?;
        let user = text_field(&["user", "username"])?.ok_or_else(|| missing("user", None))?;
        let password = text_field(&["password"])?.ok_or_else(|| missing("password", None))?;
        let database = text_field(&["database", "dbname"])?
            .or(given.database)
            .ok_or_else(|| missing("database", Some("DB_NAME")))?;
        let port = port.transpose()?.or(given.port).unwrap_or(DEFAULT_PORT);
        Ok(Self {
            ssl,
            ..Self::new(host, user, password, database).with_port(port)
        })
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

/// What the environment says beside a secret.
#[derive(Clone, Debug, Default)]
pub(super) struct Given {
    pub(super) host: Option<String>,
    pub(super) port: Option<u16>,
    pub(super) database: Option<String>,
}

/// A port is written as a number by RDS and as text by people.
#[derive(Deserialize)]
#[serde(untagged)]
enum Port {
    Number(u16),
    Text(String),
}

impl Port {
    fn number(self) -> Option<u16> {
        let number = match self {
            Self::Number(number) => number,
            Self::Text(text) => text.parse().ok()?,
        };
        (number != 0).then_some(number)
    }
}

#[cfg(test)]
mod tests;
