//! What actions and handlers of events return.

use bytes::Bytes;
use serde::Serialize;

use crate::error::{HttpError, PoveryError};
use crate::response::{Body, Json, Response};

/// What an action may return, and a handler of `custom` events: [`Json<T>`](Json), nothing, which is
/// `null`, or a `Result` of it whose error is an [`HttpError`](trait@crate::HttpError).
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no answer to an invocation",
    label = "an action cannot return this",
    note = "return `Json<T>`, nothing, or a `Result` of one of these"
)]
pub trait ActionOutcome {
    /// The answer as JSON.
    ///
    /// # Errors
    ///
    /// The error that is to be answered instead.
    fn into_answer(self) -> Result<Bytes, PoveryError>;
}

impl ActionOutcome for () {
    fn into_answer(self) -> Result<Bytes, PoveryError> {
        Ok(Bytes::from_static(b"null"))
    }
}

impl<T: Serialize> ActionOutcome for Json<T> {
    fn into_answer(self) -> Result<Bytes, PoveryError> {
        let json = serde_json::to_vec(&self.0).map_err(PoveryError::internal)?;
        Ok(json.into())
    }
}

impl<T: ActionOutcome, E: HttpError> ActionOutcome for Result<T, E> {
    fn into_answer(self) -> Result<Bytes, PoveryError> {
        self.map_err(HttpError::into_povery_error)?.into_answer()
    }
}

/// What an action has returned, in the form that dispatch ends a transaction by.
///
/// # Errors
///
/// The action's.
#[doc(hidden)]
pub fn answered(outcome: impl ActionOutcome) -> Result<Response, PoveryError> {
    let answer = outcome.into_answer()?;
    Ok(Response::new(Body::from(answer)))
}

/// What a handler of events may return: nothing, or a `Result<(), E>` whose error is an
/// [`HttpError`](trait@crate::HttpError).
#[cfg(feature = "events")]
#[diagnostic::on_unimplemented(
    message = "a handler of events returns nothing or a `Result<(), E>`, not `{Self}`",
    label = "nobody reads what this returns",
    note = "`E` is an error with `#[derive(povery::HttpError)]`, or `PoveryError`"
)]
pub trait EventOutcome {
    /// Whether the handler did its work.
    ///
    /// # Errors
    ///
    /// The handler's own.
    fn into_result(self) -> Result<(), PoveryError>;
}

#[cfg(feature = "events")]
impl EventOutcome for () {
    fn into_result(self) -> Result<(), PoveryError> {
        Ok(())
    }
}

#[cfg(feature = "events")]
impl<E: HttpError> EventOutcome for Result<(), E> {
    fn into_result(self) -> Result<(), PoveryError> {
        self.map_err(HttpError::into_povery_error)
    }
}

/// The same of a handler of events.
///
/// # Errors
///
/// The handler's.
#[cfg(feature = "events")]
#[doc(hidden)]
pub fn done(outcome: impl EventOutcome) -> Result<Response, PoveryError> {
    outcome.into_result()?;
    answered(())
}
