//! Why a transaction is not committed.

use crate::db::fault;

/// Why nothing is stored, or may be.
#[derive(Debug)]
pub(in crate::db) enum CommitError {
    /// The server has rolled it back, and says why.
    RolledBack(sqlx::Error),
    /// The same, and running it again as a whole may succeed.
    Conflict(sqlx::Error),
    /// It was rolled back before, with its connection.
    Lost,
    /// The server was told to commit, and what it did is not known.
    Unknown(sqlx::Error),
}

impl CommitError {
    /// For who commits by himself.
    pub(super) fn into_sqlx(self) -> sqlx::Error {
        match self {
            Self::RolledBack(error) | Self::Conflict(error) | Self::Unknown(error) => error,
            Self::Lost => fault::ended(LOST),
        }
    }
}

const LOST: &str =
    "the transaction has lost its connection, and was rolled back: nothing of it is stored";
pub(super) const EARLY: &str = "a savepoint was given up while it began, and sqlx has ended the transaction with the one around \
    it: what of it is stored is not known";
