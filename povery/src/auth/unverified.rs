//! The claims of a token that nobody has verified: in a local run, and only where it is asked for.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value};

use super::{Identity, Lists, Names, bearer, refusal};
use crate::error::PoveryError;
use crate::request::Head;

/// The caller that the bearer token names, whoever has signed it, and whenever it expires.
///
/// # Errors
///
/// 401 for what is no token with claims.
pub(super) fn identity(head: &Head, names: &Names) -> Result<Option<Identity>, PoveryError> {
    let Some(token) = bearer::token(head)? else {
        return Ok(None);
    };
    let identity =
        claims(token).and_then(|claims| Identity::of(claims, &["sub"], Lists::Json, names));
    let malformed = || refusal::invalid_token("The token has no claims that name a user");
    identity.map(Some).ok_or_else(malformed)
}

/// The claims of a JWT in its compact form.
fn claims(token: &str) -> Option<Map<String, Value>> {
    let mut parts = token.split('.');
    let (_, claims) = (parts.next()?, parts.next()?);
    (parts.count() == 1).then_some(())?;
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(claims).ok()?).ok()
}
