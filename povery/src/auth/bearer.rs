//! The bearer token of a request: RFC 6750, section 2.1.

use http::header;

use super::refusal;
use crate::error::PoveryError;
use crate::request::Head;

/// More than a gateway takes of all headers together.
const LONGEST: usize = 16 * 1024;

/// The token of `Authorization: Bearer …`; `None` where the request has no such header, or one of another scheme.
///
/// # Errors
///
/// 401 for a token that is none, and for several; 400 for headers that cannot be.
pub(super) fn token(head: &Head) -> Result<Option<&str>, PoveryError> {
    let malformed = || refusal::invalid_token("`Authorization` is not one bearer token");
    let headers = head.headers.get();
    head.headers.check()?;
    let mut values = headers.get_all(header::AUTHORIZATION).into_iter();
    let Some(value) = values.next() else {
        return Ok(None);
    };
    if values.next().is_some() {
        return Err(malformed());
    }
    let value = value.to_str().map_err(|_| malformed())?;
    let (scheme, token) = value.split_once(' ').unwrap_or((value, ""));
    if !scheme.eq_ignore_ascii_case("Bearer") {
        return Ok(None);
    }
    let token = token.trim_matches(' ');
    let legal = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~+/=".contains(&byte);
    if token.is_empty() || token.len() > LONGEST || !token.bytes().all(legal) {
        return Err(malformed());
    }
    Ok(Some(token))
}
