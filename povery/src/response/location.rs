//! The `Location` header.

use http::{HeaderValue, header};

use super::{Response, ResponsePart};
use crate::error::PoveryError;

/// `Location` (RFC 9110, section 10.2.2), before the answer that it belongs to. A value with a
/// character that no URI has is a logged 500.
///
/// # Example
///
/// ```
/// use povery::prelude::*;
///
/// #[povery::route(POST, "/drafts", status = 201)]
/// async fn create() -> (Location, &'static str) {
///     (Location::new("/drafts/7"), "created")
/// }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Location(String);

impl Location {
    /// A URI reference, absolute or relative; other characters than those of RFC 3986, such as a
    /// space or an `é`, are for the caller to encode.
    pub fn new(uri: impl Into<String>) -> Self {
        Self(uri.into())
    }
}

impl ResponsePart for Location {
    fn apply(self, response: &mut Response) -> Result<(), PoveryError> {
        if !self.0.bytes().all(of_a_uri) {
            return Err(PoveryError::internal(
                "a `Location` has a character that must be percent-encoded",
            ));
        }
        let value = HeaderValue::try_from(self.0).map_err(PoveryError::internal)?;
        response.headers_mut().insert(header::LOCATION, value);
        Ok(())
    }
}

/// Unreserved, reserved, or the `%` of an escape (RFC 3986, section 2).
fn of_a_uri(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-._~:/?#[]@!$&'()*+,;=%".contains(&byte)
}
