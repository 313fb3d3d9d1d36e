//! An error type that has passed every check.

use syn::{Generics, Ident};

pub(super) struct HttpError {
    pub(super) ident: Ident,
    pub(super) generics: Generics,
    pub(super) variants: Vec<Variant>,
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
    /// The status and code of the wrapped `sqlx::Error`.
    Database,
    /// The wrapped error's own answer.
    Transparent,
}

pub(super) struct Constraint {
    pub(super) name: String,
    /// Whether the variant wraps the `sqlx::Error`.
    pub(super) wraps: bool,
}
