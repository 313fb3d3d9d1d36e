//! What a group of routes has in common.

use std::borrow::Cow;

use crate::middleware::Wrap;

/// A role, a scope or a tag.
pub(crate) type Name = Cow<'static, str>;

/// What one group gives to every route in it.
#[derive(Clone, Default)]
pub(crate) struct Level {
    /// Of each list a caller must have one.
    pub(crate) roles: Vec<Vec<Name>>,
    /// A caller must have all.
    pub(crate) scopes: Vec<Name>,
    /// Whether it asks for roles or scopes, be it for none that there is.
    pub(crate) is_protected: bool,
    pub(crate) tag: Option<Name>,
    /// From the innermost to the outermost.
    pub(crate) layers: Vec<Wrap>,
}
