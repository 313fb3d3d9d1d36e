//! An action or a handler of events that has passed every check: what `expand` writes down.

use syn::Path;

use super::sources::Source;
use crate::route::model::Argument;

/// What both have.
pub(super) struct Listener {
    pub(super) krate: Path,
    pub(super) arguments: Vec<Argument>,
    pub(super) idempotent: bool,
}

pub(super) struct Action {
    pub(super) listener: Listener,
    pub(super) name: String,
    pub(super) roles: Vec<String>,
}

pub(super) struct Event {
    pub(super) listener: Listener,
    pub(super) source: &'static Source,
    /// Key and value, in the order of the keys of the source.
    pub(super) filters: Vec<(&'static str, String)>,
    pub(super) partial: bool,
    pub(super) concurrency: Option<usize>,
}
