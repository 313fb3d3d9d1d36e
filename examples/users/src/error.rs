//! What can go wrong, and its answers.

use povery::{HttpError, In, PoveryError};

/// Reading users.
#[derive(Debug, thiserror::Error, HttpError)]
pub enum FetchError {
    /// No user has the id.
    #[error("User not found")]
    #[http(404, code = "USER_NOT_FOUND")]
    NotFound,
    /// The request asks for what is not there.
    #[error(transparent)]
    #[http(transparent)]
    Request(PoveryError),
    /// The database failed.
    #[error("Failed to fetch users")]
    #[http(database)]
    Database(#[source] sqlx::Error),
}

impl FetchError {
    /// `after` is no id of a user.
    pub fn unknown_after() -> Self {
        Self::Request(PoveryError::invalid(
            In::Query,
            "after",
            "exists",
            "must be the id of a user",
        ))
    }
}

/// Creating a user.
#[derive(Debug, thiserror::Error, HttpError)]
pub enum CreateError {
    /// Another user has the address.
    #[error("Email is already in use")]
    #[http(409, code = "EMAIL_TAKEN", constraint = "users_email_key")]
    EmailTaken,
    /// The database failed.
    #[error("Failed to create user")]
    #[http(database)]
    Database(#[source] sqlx::Error),
}
