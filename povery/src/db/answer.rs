//! The answer to a database error: by SQLSTATE, else by kind. Its text is for the log alone.

use http::StatusCode;

use crate::error::{HttpError, PoveryError, sqlstate};

/// The status, with its usual code, that answers this error; the message is the caller's to set.
#[doc(hidden)]
pub fn database_answer(error: &sqlx::Error) -> PoveryError {
    let status = status(error);
    PoveryError::new(
        status,
        status.canonical_reason().unwrap_or("Database error"),
    )
}

/// The name of the constraint that the statement violated.
#[doc(hidden)]
pub fn violated_constraint(error: &sqlx::Error) -> Option<&str> {
    error.as_database_error()?.constraint()
}

fn status(error: &sqlx::Error) -> StatusCode {
    match error {
        sqlx::Error::Database(error) => error
            .code()
            .map_or(StatusCode::INTERNAL_SERVER_ERROR, |code| {
                sqlstate::status(&code)
            }),
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

/// The SQLSTATE's answer, with the error as source.
impl From<sqlx::Error> for PoveryError {
    fn from(error: sqlx::Error) -> Self {
        database_answer(&error).with_source(error)
    }
}

impl HttpError for sqlx::Error {
    fn into_povery_error(self) -> PoveryError {
        self.into()
    }
}
