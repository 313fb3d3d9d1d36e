//! RDS IAM tokens: a request to connect, signed in this process with the function's own credentials, which the
//! database takes as the password.

use std::time::{Duration, SystemTime};

use aws_sdk_secretsmanager::config::Credentials;
use aws_sigv4::http_request::{
    SignableBody, SignableRequest, SignatureLocation, SigningSettings, sign,
};
use aws_sigv4::sign::v4;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use secrecy::SecretString;
use tracing::subscriber::{NoSubscriber, with_default};

use super::identity;

/// How long the database takes a token.
pub(crate) const LIFETIME: Duration = Duration::from_secs(15 * 60);

/// What may stand in a query as it is: signatures want RFC 3986, section 2.3.
const ENCODED: AsciiSet = NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// A token for this user of the database at `host:port`, with the credentials of the environment and, if none
/// is given, its region.
///
/// # Errors
///
/// One line that says which part of the environment is missing.
pub(crate) async fn token(
    host: &str,
    port: u16,
    user: &str,
    region: Option<&str>,
) -> Result<SecretString, String> {
    let region = match region {
        Some(region) => region.to_owned(),
        None => identity::region()?,
    };
    let credentials = identity::credentials().await?;
    sign_at(host, port, user, &region, credentials, SystemTime::now())
}

/// The presigned `GET https://host:port/?Action=connect&DBUser=user` of the service `rds-db`, without its
/// scheme.
fn sign_at(
    host: &str,
    port: u16,
    user: &str,
    region: &str,
    credentials: Credentials,
    now: SystemTime,
) -> Result<SecretString, String> {
    let failed = |_| "the RDS IAM token cannot be signed: is the host right?".to_owned();
    let user = utf8_percent_encode(user, &ENCODED);
    let address = format!("{host}:{port}/?Action=connect&DBUser={user}");
    let url = format!("https://{address}");
    let mut settings = SigningSettings::default();
    settings.expires_in = Some(LIFETIME);
    settings.signature_location = SignatureLocation::QueryParams;
    let identity = credentials.into();
    let parameters = v4::SigningParams::builder()
        .identity(&identity)
        .region(region)
        .name("rds-db")
        .time(now)
        .settings(settings)
        .build()
        .map_err(|_| "the RDS IAM token lacks a parameter".to_owned())?
        .into();
    let request = SignableRequest::new("GET", url, std::iter::empty(), SignableBody::Bytes(&[]));
    let request = request.map_err(failed)?;
    // It logs the query, and with it the session's token.
    let signed = with_default(NoSubscriber::new(), || sign(request, &parameters));
    let (signed, _) = signed.map_err(failed)?.into_parts();
    let mut token = address;
    for (name, value) in signed.params() {
        let value = utf8_percent_encode(value, &ENCODED);
        token += &format!("&{name}={value}");
    }
    Ok(token.into())
}

#[cfg(test)]
mod tests;
