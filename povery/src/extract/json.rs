//! `Json<T>` as an argument.

use serde::de::DeserializeOwned;
use serde_json::error::Category;
use validator::Validate;

use super::content_type::ContentType;
use super::{FromRequest, Rejection, Unvalidated};
use crate::error::PoveryError;
use crate::request::Request;
use crate::response::Json;
use crate::validate::{self, Faults, In, Refused, Rules, no_rules, rules};

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
    // Nothing at all is no JSON in HTTP; an action that was given no payload misses it.
    if request.body().is_empty() && request.is_called() {
        let mut faults = Faults::new();
        faults.push(In::Body, "", "required", "is required");
        return Err(faults.into());
    }
    ContentType::which(request.content(), ContentType::is_json, "application/json")?.is_utf_8()?;
    validate::json(request.body(), rules).map_err(|refused| match refused {
        Refused::Malformed(error) => malformed(&error).into(),
        Refused::Faulty(faults) => Rejection::Faults(faults),
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
