//! `Json<T>` as an argument.

use serde::de::DeserializeOwned;
use serde_json::error::Category;
use validator::Validate;

use super::content_type::{essence, unsupported};
use super::{FromRequest, Rejection, Unvalidated};
use crate::error::PoveryError;
use crate::request::{Content, Request};
use crate::response::Json;
use crate::validate::{self, Refused, Rules, no_rules, rules};

impl<T: DeserializeOwned + Validate + Send> FromRequest for Json<T> {
    fn is_absent(request: &Request) -> bool {
        request.body().is_empty()
    }

    async fn from_request(request: &Request) -> Result<Self, Rejection> {
        read(request, rules).map(Self)
    }
}

impl<T: DeserializeOwned + Send> FromRequest for Unvalidated<Json<T>> {
    fn is_absent(request: &Request) -> bool {
        request.body().is_empty()
    }

    async fn from_request(request: &Request) -> Result<Self, Rejection> {
        read(request, no_rules).map(|value| Self(Json(value)))
    }
}

fn read<T: DeserializeOwned>(request: &Request, rules: Rules<T>) -> Result<T, Rejection> {
    if !is_json(request.content()) {
        return Err(unsupported("application/json").into());
    }
    validate::json(request.body(), rules).map_err(|refused| match refused {
        Refused::Malformed(error) => malformed(&error).into(),
        Refused::Faulty(faults) => Rejection::Faults(faults),
    })
}

/// `application/json` or a type with the suffix `+json` (RFC 6839), whatever its parameters.
fn is_json(content: &Content) -> bool {
    essence(content).is_some_and(|essence| {
        essence.eq_ignore_ascii_case("application/json")
            || essence.split_once('/').is_some_and(|(kind, subtype)| {
                let suffix = subtype.rsplit_once('+').map(|(_, suffix)| suffix);
                kind.eq_ignore_ascii_case("application")
                    && suffix.is_some_and(|suffix| suffix.eq_ignore_ascii_case("json"))
            })
    })
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
mod tests;
