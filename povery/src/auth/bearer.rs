//! The bearer token of a request: RFC 6750, section 2.1. A direct invocation has its own in the client context.

use http::{Extensions, HeaderMap, HeaderValue, Method, Uri, header};

use super::refusal;
use crate::error::PoveryError;
use crate::request::{Head, Host, LambdaContext};

/// More than a gateway takes of all headers together.
const LONGEST: usize = 16 * 1024;

fn malformed() -> PoveryError {
    refusal::invalid_token("`Authorization` is not one bearer token")
}

/// A direct invocation as a request with the `authorization` that stands among the values of its client context's
/// `custom`, if it has one.
///
/// # Errors
///
/// 401 for one that is no text of a header.
pub(super) fn head_of(lambda: &LambdaContext) -> Result<Head, PoveryError> {
    let mut headers = HeaderMap::new();
    let custom = lambda
        .client_context
        .as_ref()
        .map(|context| &context["custom"]);
    let given = custom.map(|custom| &custom["authorization"]);
    if let Some(given) = given.filter(|given| !given.is_null()) {
        let value = given.as_str().map(HeaderValue::from_str);
        let value = value.and_then(Result::ok).ok_or_else(malformed)?;
        headers.insert(header::AUTHORIZATION, value);
    }
    Ok(Head {
        method: Method::POST,
        uri: Uri::default(),
        headers: headers.into(),
        extensions: Extensions::new(),
        host: Host {
            deadline: lambda.deadline,
            ..Host::default()
        },
    })
}

/// The token of `Authorization: Bearer …`; `None` where the request has no such header, or one of another scheme.
///
/// # Errors
///
/// 401 for a token that is none, and for several; 400 for headers that cannot be.
pub(super) fn token(head: &Head) -> Result<Option<&str>, PoveryError> {
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
