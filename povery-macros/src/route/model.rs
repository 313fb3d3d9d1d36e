//! A route that has passed every check: what `expand` writes down.

use proc_macro2::{Span, TokenStream};
use syn::{Expr, Ident, Path, Type};

use super::template::Template;

pub(super) struct Route {
    pub(super) krate: Path,
    /// The variant of `povery::Method`.
    pub(super) method: Ident,
    pub(super) template: Template,
    pub(super) keys: Keys,
    pub(super) arguments: Vec<Argument>,
    /// The text of the function's document comment.
    pub(super) doc: String,
}

/// What follows the template, as `RouteDef` wants it: nothing where it is not given.
#[derive(Default)]
pub(super) struct Keys {
    pub(super) status: Option<u16>,
    pub(super) roles: Vec<String>,
    pub(super) scopes: Vec<String>,
    pub(super) public: bool,
    pub(super) tag: Option<String>,
    /// The largest body, in bytes.
    pub(super) body_limit: Option<usize>,
    /// From the outermost to the innermost.
    pub(super) layers: Vec<Expr>,
    pub(super) deprecated: bool,
    pub(super) hidden: bool,
    pub(super) idempotent: bool,
    pub(super) idempotency_key: Option<IdempotencyKey>,
}

/// A route that runs once for each value of the header `Idempotency-Key`.
pub(super) struct IdempotencyKey {
    pub(super) required: bool,
    /// Where the key of the attribute stands.
    pub(super) site: Span,
}

pub(crate) struct Argument {
    pub(crate) ty: Type,
    pub(crate) kind: Kind,
}

/// Where an argument comes from.
pub(crate) enum Kind {
    Path {
        name: String,
        index: usize,
        tail: bool,
        rules: Vec<Rule>,
    },
    Query {
        name: String,
        rules: Vec<Rule>,
    },
    Extractor,
}

/// A rule on an argument: an expression of `value` and its names in the answer.
pub(crate) struct Rule {
    /// The function of that name in `povery::__private::rule`.
    pub(crate) function: Ident,
    pub(crate) call: Call,
    pub(crate) code: Option<String>,
    pub(crate) message: Option<String>,
}

/// How the rule's function is called.
pub(crate) enum Call {
    /// With the value and this behind it.
    Once(TokenStream),
    /// With the value, and then its bounds one by one.
    Bounds(TokenStream),
    /// With a function of the developer's own.
    Custom(TokenStream),
}
