//! Answers compressed as the caller accepts it.

use std::convert::Infallible;

use futures_util::future::ready;
use http::header::{
    ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_RANGE, CONTENT_TYPE, ETAG,
};
use http::{HeaderMap, HeaderValue, Request};
use tower::{ServiceExt, service_fn};
use tower_http::compression::Compression;

use crate::error::{PoveryError, chain};
use crate::response::{Body, Response};

/// Smaller bodies stay as they are: a gateway's headers and base64 would outweigh what is saved.
const SMALLEST: u64 = 1024;

/// Of bytes that are no longer the ones that are sent (RFC 9530, and RFC 1864 before it).
const DIGESTS: [&str; 3] = ["content-digest", "repr-digest", "content-md5"];

/// What the caller accepts.
pub(super) struct Accepted(Request<()>);

impl Accepted {
    pub(super) fn of(headers: &HeaderMap) -> Self {
        let mut request = Request::new(());
        for value in headers.get_all(ACCEPT_ENCODING) {
            request.headers_mut().append(ACCEPT_ENCODING, value.clone());
        }
        Self(request)
    }

    /// The response, compressed if that is of use and the caller accepts it. A whole body stays whole, a
    /// stream is one of compressed chunks.
    ///
    /// # Errors
    ///
    /// None that is known of: a whole body that could not be compressed.
    pub(super) async fn apply(self, response: Response) -> Result<Response, PoveryError> {
        if !is_worth_it(&response) {
            return Ok(response);
        }
        let status = response.status();
        let is_whole = response.body().as_bytes().is_some();
        let mut response = Some(response);
        let inner =
            service_fn(move |_| ready(Ok::<_, Infallible>(response.take().unwrap_or_default())));
        let always = |_, _, _: &HeaderMap, _: &http::Extensions| true;
        let compression = Compression::new(inner).compress_when(always);
        let Ok(response) = compression.oneshot(self.0).await;

        let (mut parts, body) = response.into_parts();
        // A caller who accepts nothing at all has 406 from the library, though the request is done.
        parts.status = status;
        if !parts.headers.contains_key(CONTENT_ENCODING) {
            return Ok(Response::from_parts(parts, body.into_inner()));
        }
        weaken(&mut parts.headers);
        for digest in DIGESTS {
            parts.headers.remove(digest);
        }
        let mut body = Body::new(body);
        if is_whole {
            let bytes = body.into_bytes(usize::MAX).await;
            body = bytes
                .map_err(|error| PoveryError::internal(chain(error.as_ref())))?
                .into();
        }
        Ok(Response::from_parts(parts, body))
    }
}

fn is_worth_it(response: &Response) -> bool {
    let headers = response.headers();
    response
        .body()
        .length()
        .is_none_or(|length| length >= SMALLEST)
        && !headers.contains_key(CONTENT_ENCODING)
        && !headers.contains_key(CONTENT_RANGE)
        && headers.get(CONTENT_TYPE).is_some_and(is_compressible)
        && !forbids_it(headers)
}

/// Text of any kind, but not events: these are small, and are to arrive at once.
fn is_compressible(content_type: &HeaderValue) -> bool {
    let essence = content_type
        .as_bytes()
        .split(|&byte| byte == b';')
        .next()
        .unwrap_or_default();
    let essence = essence.trim_ascii().to_ascii_lowercase();
    let Ok(essence) = std::str::from_utf8(&essence) else {
        return false;
    };
    match essence.split_once('/') {
        Some(("text", subtype)) => subtype != "event-stream",
        Some((_, subtype)) if subtype.ends_with("+json") || subtype.ends_with("+xml") => true,
        Some((_, subtype)) if subtype.ends_with("+text") || subtype.ends_with("+yaml") => true,
        Some(("application", subtype)) => matches!(
            subtype,
            "json"
                | "javascript"
                | "xml"
                | "yaml"
                | "toml"
                | "sql"
                | "graphql"
                | "wasm"
                | "x-ndjson"
                | "ndjson"
                | "jsonl"
                | "json-seq"
                | "x-javascript"
        ),
        Some(("font", subtype)) => matches!(subtype, "ttf" | "otf"),
        _ => false,
    }
}

/// `no-transform` (RFC 9111, section 5.2.2.6).
fn forbids_it(headers: &HeaderMap) -> bool {
    headers.get_all(CACHE_CONTROL).iter().any(|value| {
        value
            .as_bytes()
            .split(|&byte| byte == b',')
            .any(|directive| directive.trim_ascii().eq_ignore_ascii_case(b"no-transform"))
    })
}

/// The bytes are no longer those that a strong `ETag` names (RFC 9110, section 8.8.1).
fn weaken(headers: &mut HeaderMap) {
    let Some(tag) = headers.get(ETAG) else { return };
    if tag.as_bytes().starts_with(b"\"")
        && let Ok(weak) = HeaderValue::from_bytes(&[b"W/", tag.as_bytes()].concat())
    {
        headers.insert(ETAG, weak);
    }
}

#[cfg(test)]
mod tests;
