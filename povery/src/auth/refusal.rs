//! The answers to callers who may not: RFC 9110, section 11.6.1, and RFC 6750, section 3.

use http::{HeaderValue, header};

use crate::error::PoveryError;

fn challenge(error: PoveryError, challenge: &'static str) -> PoveryError {
    error.with_header(
        header::WWW_AUTHENTICATE,
        HeaderValue::from_static(challenge),
    )
}

/// 401: nobody has said who asks.
pub(crate) fn unauthenticated() -> PoveryError {
    let error = PoveryError::unauthenticated("This needs an identity: sign in first");
    challenge(error, "Bearer")
}

/// 401: there is a token, and it is not to be believed. The source, which says why, is for the log.
pub(crate) fn invalid_token(message: &'static str) -> PoveryError {
    let error = PoveryError::unauthenticated(message);
    challenge(error, r#"Bearer error="invalid_token""#)
}

/// 403: none of the roles that may.
pub(super) fn forbidden() -> PoveryError {
    PoveryError::forbidden("None of your roles may do this")
}

/// 403: not all of the scopes.
pub(super) fn insufficient_scope() -> PoveryError {
    let error = PoveryError::forbidden("Your token lacks a scope for this");
    challenge(error, r#"Bearer error="insufficient_scope""#)
}
