//! An error type as its attributes describe it.

use syn::{Ident, Type};

pub(super) struct HttpError {
    pub(super) variants: Vec<Variant>,
    /// Whether `From<sqlx::Error>` is wanted, even if it cannot be written rightly.
    pub(super) converts: bool,
}

pub(super) struct Variant {
    pub(super) ident: Ident,
    pub(super) answer: Answer,
}

pub(super) enum Answer {
    /// A status and code of its own; perhaps the answer to a violated constraint.
    Own {
        status: u16,
        code: Option<String>,
        constraint: Option<Constraint>,
    },
    /// The status and code of the wrapped error, whose type should be `sqlx::Error`.
    Database(Type),
    /// The wrapped error's own answer.
    Transparent,
}

pub(super) struct Constraint {
    pub(super) name: String,
    /// Whether the variant wraps the `sqlx::Error`.
    pub(super) wraps: bool,
}
