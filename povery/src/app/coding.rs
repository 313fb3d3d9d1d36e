//! The content coding of a request's body: `Content-Encoding` (RFC 9110, section 8.4).

#[cfg(feature = "gzip")]
mod gzip;

use bytes::Bytes;
use http::header::ACCEPT_ENCODING;
#[cfg(feature = "gzip")]
use http::header::{CONTENT_ENCODING, CONTENT_LENGTH};
use http::{HeaderValue, StatusCode};

use crate::error::PoveryError;
use crate::request::{Content, Headers};

/// What a caller may use (RFC 7694).
const ACCEPTED: HeaderValue = HeaderValue::from_static(if cfg!(feature = "gzip") {
    "gzip, identity"
} else {
    "identity"
});

/// How a body that is there is encoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Coding {
    /// None, or what `identity` calls so.
    Identity,
    /// `gzip`, also by its old name `x-gzip`.
    Gzip,
    /// Several, or another one.
    Other,
}

/// The body as it was before it was encoded, of at most `limit` bytes. Headers that tell of the encoded
/// one are taken off, or tell of the decoded one.
///
/// # Errors
///
/// 415 for a coding that is not accepted, with those that are; 400 for a body that is not what its coding
/// says, 413 for one that is larger once it is decoded.
#[cfg_attr(
    not(feature = "gzip"),
    expect(unused_variables, reason = "nothing is decoded without it")
)]
pub(super) fn decoded(
    headers: &mut Headers,
    body: Bytes,
    limit: usize,
) -> Result<Bytes, PoveryError> {
    match coding(headers.content()) {
        Coding::Identity => Ok(body),
        #[cfg(feature = "gzip")]
        Coding::Gzip => {
            let body = gzip::decoded(&body, limit)?;
            headers.change(|headers| {
                headers.remove(CONTENT_ENCODING);
                if headers.contains_key(CONTENT_LENGTH) {
                    headers.insert(CONTENT_LENGTH, body.len().into());
                }
            });
            Ok(body)
        }
        _ => {
            let text = "The content coding of the body is not accepted";
            let error = PoveryError::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, text);
            Err(error.with_header(ACCEPT_ENCODING, ACCEPTED))
        }
    }
}

/// What the headers say. Names are in any case; empty elements of the list say nothing.
fn coding(content: &Content) -> Coding {
    let mut found = Coding::Identity;
    let mut names = 0;
    for value in &content.codings {
        let Ok(value) = value.to_str() else {
            return Coding::Other;
        };
        for name in value.split(',').map(str::trim) {
            if name.is_empty() {
                continue;
            }
            names += 1;
            found = match name {
                _ if names > 1 => Coding::Other,
                _ if name.eq_ignore_ascii_case("identity") => Coding::Identity,
                _ if name.eq_ignore_ascii_case("gzip") => Coding::Gzip,
                _ if name.eq_ignore_ascii_case("x-gzip") => Coding::Gzip,
                _ => Coding::Other,
            };
        }
    }
    found
}

#[cfg(test)]
mod tests;
