//! The answer to a database error: by SQLSTATE, else by kind. Its text is for the log alone.

use std::borrow::Cow;
use std::error::Error;

use http::StatusCode;

use super::fault;
use crate::error::{HttpError, PoveryError, sqlstate};

/// What a variant with `database`, `constraint` or `sqlstate` wraps: `sqlx::Error`, and nothing else. The derive
/// reaches the field through this trait alone, so that another type is one error and not two.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not `sqlx::Error`",
    label = "`#[http(database)]`, `constraint` and `sqlstate` want `sqlx::Error` here",
    note = "it is the one of sqlx 0.9; that of another version is another type"
)]
pub trait DatabaseError: Sized {
    fn from_sqlx(error: sqlx::Error) -> Self;

    /// The status, with its usual code; the message is the caller's to set.
    fn answer(&self) -> PoveryError;
}

impl DatabaseError for sqlx::Error {
    fn from_sqlx(error: sqlx::Error) -> Self {
        error
    }

    fn answer(&self) -> PoveryError {
        let status = status(self);
        PoveryError::new(
            status,
            status.canonical_reason().unwrap_or("Database error"),
        )
    }
}

/// Whether the statement violated the constraint of this name.
#[doc(hidden)]
pub fn violates(error: &sqlx::Error, constraint: &str) -> bool {
    let violated = error
        .as_database_error()
        .and_then(|error| error.constraint());
    violated == Some(constraint)
}

/// Whether the server gave this SQLSTATE, or one of this class.
#[doc(hidden)]
pub fn has_sqlstate(error: &sqlx::Error, sqlstate: &str) -> bool {
    let code = error.as_database_error().and_then(|error| error.code());
    code.is_some_and(|code| code.starts_with(sqlstate))
}

/// The SQLSTATE of the database error that is the cause of this one, if one is.
pub(crate) fn cause(error: &PoveryError) -> Option<Cow<'_, str>> {
    let mut next: Option<&(dyn Error + 'static)> = Some(error);
    while let Some(error) = next {
        if let Some(code) = error.downcast_ref().and_then(fault::sqlstate) {
            return Some(code);
        }
        next = error.source();
    }
    None
}

fn status(error: &sqlx::Error) -> StatusCode {
    match error {
        sqlx::Error::Database(error) => error
            .code()
            .map_or(StatusCode::INTERNAL_SERVER_ERROR, |code| {
                sqlstate::status(&code)
            }),
        sqlx::Error::Io(error) if fault::is_given_up(error) => StatusCode::GATEWAY_TIMEOUT,
        sqlx::Error::Configuration(_)
        | sqlx::Error::Io(_)
        | sqlx::Error::Tls(_)
        | sqlx::Error::Protocol(_)
        | sqlx::Error::PoolTimedOut
        | sqlx::Error::PoolClosed
        | sqlx::Error::WorkerCrashed => StatusCode::SERVICE_UNAVAILABLE,
        _ => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

/// The answer of the SQLSTATE, or of the kind of failure, with the error as source; see the table in
/// [`crate::docs::errors`]. The message is the status' reason, such as "Conflict".
impl From<sqlx::Error> for PoveryError {
    fn from(error: sqlx::Error) -> Self {
        error.answer().with_source(error)
    }
}

impl HttpError for sqlx::Error {
    fn into_povery_error(self) -> PoveryError {
        self.into()
    }
}
