//! Requests to what else answers within the sandbox, without encryption.

use bytes::Bytes;
use http::{HeaderName, Request, StatusCode};
use http_body_util::{BodyExt, Limited};
use lambda_runtime_api_client::Client;
use lambda_runtime_api_client::body::Body;

/// Why there is no answer. It says nothing of what was sent or answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Failure {
    /// The address has another form than `host` or `host:port`.
    Address,
    /// The value of the header has characters that no header has.
    Header,
    Unreachable,
    /// It is cut short or longer than the limit.
    Unreadable,
}

impl Failure {
    /// As the end of a sentence about the server.
    pub(super) fn text(self) -> &'static str {
        match self {
            Self::Address => "it is no URI",
            Self::Header => "its token cannot stand in a header",
            Self::Unreachable => "it cannot be reached",
            Self::Unreadable => "its answer cannot be read",
        }
    }
}

/// One `GET`, on a connection of its own: one that was kept would not outlive a freeze.
pub(super) async fn get(
    authority: &str,
    path: &str,
    headers: &[(HeaderName, &str)],
    limit: usize,
) -> Result<(StatusCode, Bytes), Failure> {
    let host = format!("http://{authority}").parse();
    let host = host.map_err(|_| Failure::Address)?;
    let client = Client::builder().with_endpoint(host).build();
    let client = client.map_err(|_| Failure::Address)?;
    let mut request = Request::get(path);
    for (name, value) in headers {
        request = request.header(name, *value);
    }
    let request = request.body(Body::empty()).map_err(|_| Failure::Header)?;
    let answer = client.call(request).await;
    let answer = answer.map_err(|_| Failure::Unreachable)?;
    let status = answer.status();
    let body = Limited::new(answer.into_body(), limit).collect().await;
    let body = body.map_err(|_| Failure::Unreadable)?;
    Ok((status, body.to_bytes()))
}
