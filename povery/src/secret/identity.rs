//! Who asks AWS, and where: the credentials and the region of the environment, as Lambda sets them. No
//! provider chain: it would cost start-up time to find what the environment says.

use aws_sdk_secretsmanager::config::Credentials;

use super::container;
use crate::environment::variable;

/// The region that the environment names.
pub(super) fn region() -> Result<String, String> {
    let region = variable("AWS_REGION").or_else(|| variable("AWS_DEFAULT_REGION"));
    region.ok_or_else(|| "AWS_REGION is not set".to_owned())
}

/// The credentials of this moment. Those of a function with SnapStart are to be asked for each time.
pub(super) async fn credentials() -> Result<Credentials, String> {
    match variable("AWS_CONTAINER_CREDENTIALS_FULL_URI") {
        Some(address) if variable("AWS_ACCESS_KEY_ID").is_none() => {
            let token = variable("AWS_CONTAINER_AUTHORIZATION_TOKEN");
            container::credentials(&address, token.as_deref()).await
        }
        _ => of_environment(),
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
