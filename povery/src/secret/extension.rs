//! The AWS Parameters and Secrets extension: a cache of secrets that other parts of the sandbox may share.

use http::{HeaderName, StatusCode, header};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use secrecy::SecretString;
use serde::Deserialize;

use super::sandbox;
use super::secrets_manager::BINARY;
use crate::environment::variable;

/// What may stand in a query as it is (RFC 3986, section 2.3).
const ENCODED: AsciiSet = NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');
const TOKEN: HeaderName = HeaderName::from_static("x-aws-parameters-secrets-token");
/// A secret has up to 65 536 bytes; in JSON any of them may take six.
const LIMIT: usize = 512 * 1024;

/// Where it listens, and what it wants to see.
pub(super) struct Extension {
    port: u16,
    token: String,
}

/// What it says of a secret.
pub(super) struct Answer {
    pub(super) text: SecretString,
    pub(super) version: Option<String>,
}

/// The answer of `GetSecretValue`, as far as it is used.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct SecretValue {
    secret_string: Option<String>,
    version_id: Option<String>,
}

impl Extension {
    /// The one that the environment tells of, where the function has credentials with a session.
    pub(super) fn from_env() -> Option<Self> {
        let port = variable("PARAMETERS_SECRETS_EXTENSION_HTTP_PORT")?;
        let Ok(port) = port.parse() else {
            tracing::warn!(
                "PARAMETERS_SECRETS_EXTENSION_HTTP_PORT is no port: the extension is not used"
            );
            return None;
        };
        Some(Self::new(port, variable("AWS_SESSION_TOKEN")?))
    }

    pub(super) fn new(port: u16, token: String) -> Self {
        Self { port, token }
    }

    /// The current version; `fresh` asks it to pass over its cache.
    ///
    /// # Errors
    ///
    /// One line that says nothing of what was sent or answered. While the function is initialised it is not
    /// ready, and answers 400.
    pub(super) async fn fetch(&self, id: &str, fresh: bool) -> Result<Answer, String> {
        let id = utf8_percent_encode(id, &ENCODED);
        let refresh = if fresh { "&refreshNow=true" } else { "" };
        let path = format!("/secretsmanager/get?secretId={id}&versionStage=AWSCURRENT{refresh}");
        // By the name that AWS documents, at an address that is this machine's whatever the name is made to mean: the
        // token is for nobody else.
        let (host, address) = (
            format!("localhost:{}", self.port),
            format!("127.0.0.1:{}", self.port),
        );
        let headers = [(header::HOST, host.as_str()), (TOKEN, &self.token)];
        let (status, body) = sandbox::get(&address, &path, &headers, LIMIT)
            .await
            .map_err(|failure| failure.text().to_owned())?;
        if status != StatusCode::OK {
            return Err(format!("it answers {status}"));
        }
        let value: SecretValue = serde_json::from_slice(&body)
            .map_err(|_| "its answer is none of GetSecretValue".to_owned())?;
        Ok(Answer {
            text: value.secret_string.ok_or(BINARY)?.into(),
            version: value.version_id,
        })
    }
}

#[cfg(test)]
mod tests;
