//! The media type of a body.

use http::StatusCode;

use crate::error::PoveryError;
use crate::request::Content;

/// Type and subtype, in any case, without parameters; `None` without a readable `Content-Type`.
pub(super) fn essence(content: &Content) -> Option<&str> {
    let value = content.types.first()?.to_str().ok()?;
    Some(value.split(';').next()?.trim())
}

/// 415, with the type that would do.
pub(super) fn unsupported(expected: &str) -> PoveryError {
    PoveryError::new(
        StatusCode::UNSUPPORTED_MEDIA_TYPE,
        format!("The content type must be {expected}"),
    )
}
