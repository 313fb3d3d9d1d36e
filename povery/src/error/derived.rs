//! The trait behind `#[derive(HttpError)]`, and what the derive calls.

use std::error::Error;

use http::StatusCode;
use serde::{Serialize, Serializer};
use serde_json::value::{RawValue, to_raw_value};

use super::PoveryError;

/// An error type with an HTTP answer; the derive of the same name implements it.
///
/// # Example
///
/// By hand, where the answer depends on more than the variant:
///
/// ```
/// use povery::prelude::*;
///
/// #[derive(Debug, thiserror::Error)]
/// #[error("the pump answered {0}")]
/// struct PumpError(u8);
///
/// impl HttpError for PumpError {
///     fn into_povery_error(self) -> PoveryError {
///         let answer = match self.0 {
///             3 => PoveryError::conflict("The pump is running"),
///             _ => PoveryError::bad_gateway("The pump does not answer"),
///         };
///         answer.with_source(self)
///     }
/// }
///
/// assert_eq!(PumpError(3).into_povery_error().status(), 409);
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no HTTP answer",
    label = "this error is to be answered",
    note = "add `#[derive(povery::HttpError)]` to it, with `#[http(…)]` on the struct or on every variant, or return `PoveryError`"
)]
pub trait HttpError {
    /// The answer. The error itself becomes the source of it, for the log.
    fn into_povery_error(self) -> PoveryError;
}

impl HttpError for PoveryError {
    fn into_povery_error(self) -> PoveryError {
        self
    }
}

/// The answer of an error with a status of its own.
#[doc(hidden)]
pub fn answer(status: u16) -> PoveryError {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    PoveryError::new(status, "")
}

/// What can be the source of an answer.
#[doc(hidden)]
pub trait Source: Error + Send + Sync + 'static {}

impl<T: Error + Send + Sync + 'static> Source for T {}

/// Completes an answer with the error that it is for: its text is the message.
#[doc(hidden)]
pub fn with_cause(answer: PoveryError, error: impl Error + Send + Sync + 'static) -> PoveryError {
    answer.with_message(error.to_string()).with_source(error)
}

/// One field that is marked `#[http(data)]`, written.
type Written = Result<Box<RawValue>, serde_json::Error>;

/// What a marked field can be. The derive calls it of the field's type, where the compiler then
/// complains of one that does not serialise.
#[doc(hidden)]
pub trait Datum: Serialize {
    fn write(&self) -> Written {
        to_raw_value(self)
    }
}

impl<T: Serialize> Datum for T {}

/// Sets `errorData` to the only field that is marked.
#[doc(hidden)]
pub fn with_data(answer: PoveryError, data: Written) -> PoveryError {
    answer.with_raw_data(data)
}

/// Sets `errorData` to an object of the marked fields, by their names.
#[doc(hidden)]
pub fn with_fields<const N: usize>(
    answer: PoveryError,
    fields: [(&'static str, Written); N],
) -> PoveryError {
    let fields: Result<Vec<_>, _> = fields
        .into_iter()
        .map(|(name, data)| Ok((name, data?)))
        .collect();
    answer.with_raw_data(fields.and_then(|fields| to_raw_value(&Object(&fields))))
}

struct Object<'a>(&'a [(&'static str, Box<RawValue>)]);

impl Serialize for Object<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(name, data)| (name, data)))
    }
}

/// The body of what the derive writes for an attribute that it has refused.
#[doc(hidden)]
pub fn broken() -> ! {
    unreachable!("a program with a compile error does not run")
}
