//! A route that has passed every check: what `expand` writes down.

use proc_macro2::TokenStream;
use syn::{Ident, Path, Type};

use super::template::Template;

pub(super) struct Route {
    pub(super) krate: Path,
    /// The variant of `povery::Method`.
    pub(super) method: Ident,
    pub(super) template: Template,
    pub(super) status: u16,
    pub(super) arguments: Vec<Argument>,
    /// The text of the function's document comment.
    pub(super) doc: String,
}

pub(super) struct Argument {
    pub(super) ty: Type,
    pub(super) kind: Kind,
}

/// Where an argument comes from.
pub(super) enum Kind {
    Path {
        name: String,
        index: usize,
        rules: Vec<Rule>,
    },
    Query {
        name: String,
        rules: Vec<Rule>,
    },
    Extractor,
}

/// A rule on an argument: an expression of `value` and its names in the answer.
pub(super) struct Rule {
    /// The call without its first argument: the function and the arguments behind `value`.
    pub(super) function: Ident,
    pub(super) arguments: Vec<TokenStream>,
    pub(super) code: Option<String>,
    pub(super) message: Option<String>,
}
