//! The media type of a body.

use http::{HeaderMap, StatusCode, header};

use crate::error::PoveryError;

/// Type and subtype in lower case, without parameters; `None` without a readable `Content-Type`.
pub(super) fn essence(headers: &HeaderMap) -> Option<String> {
    let value = headers.get(header::CONTENT_TYPE)?.to_str().ok()?;
    let essence = value.split(';').next()?.trim();
    Some(essence.to_ascii_lowercase())
}

/// 415, with the type that would do.
pub(super) fn unsupported(expected: &str) -> PoveryError {
    PoveryError::new(
        StatusCode::UNSUPPORTED_MEDIA_TYPE,
        format!("The content type must be {expected}"),
    )
}
