//! Fetching over HTTPS, with the TLS that the AWS SDK has in the program anyway.

use std::net::IpAddr;
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Uri, header};
use http_body_util::{BodyExt, Empty, Limited};
use hyper_rustls::HttpsConnectorBuilder;
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;

use crate::error::chain;

/// How long a fetch may take.
pub(super) const LONGEST: Duration = Duration::from_millis(2_500);
/// What is left of an invocation to answer, when it does not succeed.
const REST: Duration = Duration::from_millis(500);
/// More than any set of keys has, in bytes.
const LIMIT: usize = 256 * 1024;

/// How long a fetch may take in an invocation with so much left.
pub(super) fn bound(remaining: Option<Duration>) -> Duration {
    let left = remaining.map(|left| left.saturating_sub(REST));
    left.map_or(LONGEST, |left| left.min(LONGEST))
}

/// The address, which is of `https`, or on this machine: keys that somebody can change on their way are none.
///
/// # Errors
///
/// What is wrong, as the end of a sentence.
pub(super) fn address(uri: &str) -> Result<Uri, &'static str> {
    let uri: Uri = uri.parse().map_err(|_| "is no URI")?;
    let host = uri.host().unwrap_or_default();
    let address = host.trim_start_matches('[').trim_end_matches(']');
    let address = address.parse::<IpAddr>().ok();
    let is_here = host == "localhost" || address.is_some_and(|address| address.is_loopback());
    match uri.scheme_str() {
        Some("https") if !host.is_empty() => Ok(uri),
        Some("http") if is_here => Ok(uri),
        _ => Err("is not `https`"),
    }
}

/// The body of a 200, on a connection of its own: one that was kept would not outlive a freeze. Redirections are not
/// followed.
///
/// # Errors
///
/// One line that says nothing of what was answered.
pub(super) async fn get(uri: &str) -> Result<Bytes, String> {
    let uri = address(uri).map_err(|reason| format!("their address {reason}"))?;
    let connector = HttpsConnectorBuilder::new()
        .with_provider_and_native_roots(rustls::crypto::ring::default_provider())
        .map_err(|error| format!("the roots of this machine cannot be read: {error}"))?
        .https_or_http()
        .enable_http1()
        .build();
    let client = Client::builder(TokioExecutor::new()).build::<_, Empty<Bytes>>(connector);
    let request = Request::get(uri).header(header::ACCEPT, "application/json");
    let request = request
        .body(Empty::new())
        .map_err(|_| "their address cannot be asked")?;
    let answer = client.request(request).await;
    let answer = answer.map_err(|error| chain(&error).replace(['\n', '\r'], " "))?;
    if answer.status() != http::StatusCode::OK {
        return Err(format!("their address answers {}", answer.status()));
    }
    let body = Limited::new(answer.into_body(), LIMIT).collect().await;
    let body = body.map_err(|_| "the answer is cut short, or too large")?;
    Ok(body.to_bytes())
}
