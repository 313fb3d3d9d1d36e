//! `Json<T>` as an argument.

use http::{HeaderMap, StatusCode, header};
use serde::de::DeserializeOwned;
use serde_json::error::Category;
use validator::Validate;

use super::{FromRequest, Rejection};
use crate::error::PoveryError;
use crate::request::Request;
use crate::response::Json;
use crate::validate::gather;

impl<T: DeserializeOwned + Validate + Send> FromRequest for Json<T> {
    async fn from_request(request: &Request) -> Result<Self, Rejection> {
        if !is_json(request.headers()) {
            return Err(unsupported().into());
        }
        match serde_json::from_slice::<T>(request.body()) {
            Ok(value) if value.validate().is_ok() => Ok(Self(value)),
            // Only a failure pays for the search for all of its reasons.
            _ => Err(gather::<T>(request.body())
                .map_or_else(|error| malformed(&error).into(), Rejection::Faults)),
        }
    }
}

/// `application/json` or a type with the suffix `+json` (RFC 6839), whatever its parameters.
fn is_json(headers: &HeaderMap) -> bool {
    let Some(value) = headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
    else {
        return false;
    };
    let essence = value
        .split(';')
        .next()
        .unwrap_or_default()
        .trim()
        .to_ascii_lowercase();
    essence == "application/json"
        || (essence.starts_with("application/") && essence.ends_with("+json"))
}

fn unsupported() -> PoveryError {
    PoveryError::new(
        StatusCode::UNSUPPORTED_MEDIA_TYPE,
        "The content type must be application/json",
    )
}

fn malformed(error: &serde_json::Error) -> PoveryError {
    let what = match error.classify() {
        Category::Eof => "it ends too early",
        _ if error.to_string().starts_with("recursion limit") => "it is nested too deep",
        _ => "it has a syntax error",
    };
    let message = format!(
        "The body is not valid JSON: {what} at line {}, column {}",
        error.line(),
        error.column()
    );
    PoveryError::bad_request(message).with_code("MALFORMED_JSON")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn content_types() {
        for (value, expected) in [
            ("application/json", true),
            ("Application/JSON; charset=utf-8", true),
            ("application/vnd.api+json", true),
            ("text/plain", false),
            ("text/json+x", false),
            ("", false),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(header::CONTENT_TYPE, value.parse().unwrap());
            assert_eq!(is_json(&headers), expected, "{value}");
        }
        assert!(!is_json(&HeaderMap::new()));
    }
}
