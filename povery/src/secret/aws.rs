//! Secrets Manager itself, through the AWS SDK.

use std::time::Duration;

use aws_sdk_secretsmanager::config::retry::RetryConfig;
use aws_sdk_secretsmanager::config::timeout::TimeoutConfig;
use aws_sdk_secretsmanager::config::{
    BehaviorVersion, Config, Credentials, Region, SharedHttpClient,
};
use aws_sdk_secretsmanager::error::{DisplayErrorContext, ProvideErrorMetadata, SdkError};
use aws_smithy_http_client::Builder;
use aws_smithy_http_client::tls::Provider;
use aws_smithy_http_client::tls::rustls_provider::CryptoMode;
use http::Uri;
use http::uri::Scheme;
use secrecy::SecretString;

use super::{Want, identity};
use crate::environment::variable;

/// The time for one attempt, so that one that hangs leaves the time of a fetch for another.
const ATTEMPT: Duration = Duration::from_millis(1_200);
const CONNECT: Duration = Duration::from_millis(800);

/// The text of the current version, or of the one that is about to be. `None` where no version has that
/// stage.
///
/// The client is made anew: fetches are minutes apart, so a connection that was kept would be dead by the
/// next one, and the credentials of a function with SnapStart old.
pub(super) async fn fetch(id: &str, want: Want) -> Result<Option<SecretString>, String> {
    let region = identity::region()?;
    let credentials = identity::credentials().await?;
    // The service's own variable before the general one, as in every AWS SDK.
    let endpoint =
        variable("AWS_ENDPOINT_URL_SECRETS_MANAGER").or_else(|| variable("AWS_ENDPOINT_URL"));
    let client = client(region, credentials, endpoint);
    fetch_with(&client, id, want).await
}

fn client(
    region: String,
    credentials: Credentials,
    endpoint: Option<String>,
) -> aws_sdk_secretsmanager::Client {
    let timeouts = TimeoutConfig::builder()
        .connect_timeout(CONNECT)
        .operation_attempt_timeout(ATTEMPT)
        .build();
    let retries = RetryConfig::standard()
        .with_initial_backoff(Duration::from_millis(50))
        .with_max_backoff(Duration::from_millis(400));
    let mut config = Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new(region))
        .credentials_provider(credentials)
        .timeout_config(timeouts)
        .retry_config(retries)
        .http_client(http_client(endpoint.as_deref()));
    if let Some(url) = endpoint {
        config = config.endpoint_url(url);
    }
    aws_sdk_secretsmanager::Client::from_conf(config.build())
}

/// To read the system's roots takes milliseconds of a cold start: not for an endpoint without TLS.
fn http_client(endpoint: Option<&str>) -> SharedHttpClient {
    let plain = endpoint
        .and_then(|url| url.parse::<Uri>().ok())
        .is_some_and(|url| url.scheme() == Some(&Scheme::HTTP));
    if plain {
        return Builder::new().build_http();
    }
    Builder::new()
        .tls_provider(Provider::Rustls(CryptoMode::Ring))
        .build_https()
}

async fn fetch_with(
    client: &aws_sdk_secretsmanager::Client,
    id: &str,
    want: Want,
) -> Result<Option<SecretString>, String> {
    // The stage is always named: what an unqualified request gives is not the same everywhere.
    let stage = match want {
        Want::Pending => "AWSPENDING",
        _ => "AWSCURRENT",
    };
    let request = client.get_secret_value().secret_id(id).version_stage(stage);
    let answer = match request.send().await {
        Err(error) if want == Want::Pending && is_absent(&error) => return Ok(None),
        answer => answer.map_err(|error| reason(&error))?,
    };
    match answer.secret_string {
        Some(text) => Ok(Some(text.into())),
        None => Err(super::secrets_manager::BINARY.to_owned()),
    }
}

fn is_absent<E: ProvideErrorMetadata, R>(error: &SdkError<E, R>) -> bool {
    error.code() == Some("ResourceNotFoundException")
}

/// What went wrong, in one line: the service's own words, or the failure on the way to it.
fn reason<E: ProvideErrorMetadata + std::error::Error, R: std::fmt::Debug>(
    error: &SdkError<E, R>,
) -> String {
    let text = match (error.code(), error.message()) {
        (Some(code), Some(message)) => format!("{message} ({code})"),
        (Some(code), None) => code.to_owned(),
        (None, _) => match error {
            SdkError::TimeoutError(_) => {
                "Secrets Manager did not answer in time; is there a route to it?".to_owned()
            }
            SdkError::DispatchFailure(failure) => match failure.as_connector_error() {
                Some(error) => format!(
                    "Secrets Manager cannot be reached: {}",
                    DisplayErrorContext(error)
                ),
                None => "Secrets Manager cannot be reached".to_owned(),
            },
            _ => "Secrets Manager gave an answer that cannot be read".to_owned(),
        },
    };
    text.replace(['\n', '\r'], " ")
}

#[cfg(test)]
mod tests;
