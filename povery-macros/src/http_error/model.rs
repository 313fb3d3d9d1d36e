//! An error type as its attributes describe it.

use proc_macro2::TokenStream;
use syn::{Member, Path, Type};

pub(super) struct HttpError {
    /// Of an enum its variants, of a struct the struct itself.
    pub(super) variants: Vec<Variant>,
    /// Whether `From<sqlx::Error>` is wanted, even if it cannot be written rightly.
    pub(super) converts: bool,
}

pub(super) struct Variant {
    /// `Self::Name`, or `Self`.
    pub(super) path: TokenStream,
    pub(super) answer: Answer,
}

pub(super) enum Answer {
    /// A status and code of its own; perhaps the answer to some errors of the database.
    Own {
        status: u16,
        code: Option<String>,
        received: Option<Received>,
        data: Vec<Field>,
    },
    /// The status and code of the wrapped error, whose type should be `sqlx::Error`.
    Database(Field),
    /// The wrapped error's own answer.
    Transparent(Field),
}

/// Which errors of the database become the variant: those of either kind.
pub(super) struct Received {
    /// The name of the violated constraint.
    pub(super) constraint: Option<String>,
    /// A SQLSTATE, or the class of several.
    pub(super) sqlstate: Option<String>,
    /// The field for the `sqlx::Error`, where there is one.
    pub(super) wraps: Option<Field>,
}

#[derive(Clone)]
pub(super) struct Field {
    pub(super) member: Member,
    pub(super) ty: Type,
}

/// The path by which generated code reaches povery.
pub(super) fn krate(written: Option<Path>) -> Path {
    written.unwrap_or_else(|| syn::parse_quote!(::povery))
}
