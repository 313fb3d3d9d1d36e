//! The AWS SDK: imported here alone.

use std::time::Duration;

use aws_sdk_secretsmanager::config::timeout::TimeoutConfig;
use aws_sdk_secretsmanager::config::{BehaviorVersion, Config, Credentials, Region};
use aws_sdk_secretsmanager::error::{DisplayErrorContext, ProvideErrorMetadata, SdkError};
use aws_smithy_http_client::Builder;
use aws_smithy_http_client::tls::Provider;
use aws_smithy_http_client::tls::rustls_provider::CryptoMode;
use secrecy::SecretString;

use super::container;
use crate::environment::variable;

/// A client with the credentials and the region of the environment, as Lambda sets them. No
/// provider chain: it would cost start-up time to find what the environment says.
pub(super) struct Client {
    client: aws_sdk_secretsmanager::Client,
    /// Whether its credentials are those of the whole life of the process.
    pub(super) lasts: bool,
}

impl Client {
    pub(super) async fn from_env() -> Result<Self, String> {
        let region = variable("AWS_REGION").or_else(|| variable("AWS_DEFAULT_REGION"));
        let region = region.ok_or_else(|| "AWS_REGION is not set".to_owned())?;
        let (credentials, lasts) = match variable("AWS_CONTAINER_CREDENTIALS_FULL_URI") {
            Some(address) if variable("AWS_ACCESS_KEY_ID").is_none() => {
                let token = variable("AWS_CONTAINER_AUTHORIZATION_TOKEN");
                let credentials = container::credentials(&address, token.as_deref()).await?;
                (credentials, false)
            }
            _ => (of_environment()?, true),
        };
        let timeouts = TimeoutConfig::builder()
            .connect_timeout(Duration::from_secs(1))
            .operation_attempt_timeout(Duration::from_secs(2))
            .build();
        let mut config = Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new(region))
            .credentials_provider(credentials)
            .timeout_config(timeouts)
            .http_client(
                Builder::new()
                    .tls_provider(Provider::Rustls(CryptoMode::Ring))
                    .build_https(),
            );
        // The service's own variable before the general one, as in every AWS SDK.
        if let Some(url) =
            variable("AWS_ENDPOINT_URL_SECRETS_MANAGER").or_else(|| variable("AWS_ENDPOINT_URL"))
        {
            config = config.endpoint_url(url);
        }
        let client = aws_sdk_secretsmanager::Client::from_conf(config.build());
        Ok(Self { client, lasts })
    }

    /// The current version's text.
    pub(super) async fn fetch(&self, id: &str) -> Result<SecretString, String> {
        let answer = self
            .client
            .get_secret_value()
            .secret_id(id)
            .send()
            .await
            .map_err(|error| reason(&error))?;
        match answer.secret_string {
            Some(text) => Ok(text.into()),
            None => Err("it is binary; povery reads a JSON string".to_owned()),
        }
    }
}

fn of_environment() -> Result<Credentials, String> {
    let required = |name: &str| {
        variable(name).ok_or_else(|| {
            format!(
                "{name} is not set (outside Lambda, `aws configure export-credentials --format env` prints what to export)"
            )
        })
    };
    let mut credentials = Credentials::builder()
        .provider_name("environment")
        .access_key_id(required("AWS_ACCESS_KEY_ID")?)
        .secret_access_key(required("AWS_SECRET_ACCESS_KEY")?);
    credentials.set_session_token(variable("AWS_SESSION_TOKEN"));
    Ok(credentials.build())
}

/// What went wrong, in one line: the service's own words, or the failure on the way to it.
fn reason<E: ProvideErrorMetadata + std::error::Error, R: std::fmt::Debug>(
    error: &SdkError<E, R>,
) -> String {
    let text = match (error.code(), error.message()) {
        (Some(code), Some(message)) => format!("{message} ({code})"),
        (Some(code), None) => code.to_owned(),
        (None, _) => match error {
            SdkError::TimeoutError(_) => "Secrets Manager did not answer in time".to_owned(),
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
