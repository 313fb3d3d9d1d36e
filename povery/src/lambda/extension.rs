//! An extension that asks for no events. Lambda tells a function of its end only where there is one.

use std::time::Duration;

use http::{Method, Request, Uri, header};
use lambda_runtime_api_client::Client;
use lambda_runtime_api_client::body::Body;
use tokio::time::{sleep, timeout};

use crate::environment::variable;
use crate::error::BoxError;

/// No other extension of the function may have it.
const NAME: &str = "povery-shutdown";
const ID: &str = "lambda-extension-identifier";
/// What an answer from within the sandbox takes at the most.
const REGISTER: Duration = Duration::from_secs(1);
/// The pauses before the question for events is asked again. A snapshot breaks the connection on which
/// it waits.
const PAUSES: [Duration; 4] = [
    Duration::ZERO,
    Duration::from_millis(50),
    Duration::from_millis(200),
    Duration::from_secs(1),
];

/// Registers the process as an extension, which must be done before the runtime asks for its first
/// invocation. A host that knows no extensions is told of in one line.
pub(super) async fn register() {
    let registered = timeout(REGISTER, try_register()).await;
    let error = match registered {
        Ok(Ok(())) => return,
        Ok(Err(error)) => error,
        Err(elapsed) => elapsed.into(),
    };
    tracing::warn!("nothing will run at shutdown: no extension could be registered: {error}");
}

async fn try_register() -> Result<(), BoxError> {
    let host: Uri = variable("AWS_LAMBDA_RUNTIME_API")
        .ok_or("AWS_LAMBDA_RUNTIME_API is not set")?
        .parse()?;
    if host.authority().is_none() {
        return Err("AWS_LAMBDA_RUNTIME_API names no host".into());
    }
    let client = Client::builder().with_endpoint(host).build()?;
    let request = Request::post("/2020-01-01/extension/register")
        .header("lambda-extension-name", NAME)
        .header(header::CONTENT_TYPE, "application/json")
        .body(Body::from(r#"{"events":[]}"#))?;
    let answer = client.call(request).await?;
    if !answer.status().is_success() {
        return Err(answer.status().to_string().into());
    }
    let id = answer.headers().get(ID).cloned().ok_or("it got no id")?;
    tokio::spawn(async move {
        for pause in PAUSES {
            sleep(pause).await;
            let request = Request::builder()
                .method(Method::GET)
                .uri("/2020-01-01/extension/event/next")
                .header(ID, &id)
                .body(Body::empty());
            // The question is not answered: it says that the extension is ready, and there are no events.
            let Ok(request) = request else { return };
            match client.call(request).await {
                Ok(_) => return,
                Err(error) => tracing::debug!(%error, "the question for events broke off"),
            }
        }
    });
    Ok(())
}
