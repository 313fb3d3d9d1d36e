//! What a function becomes, as messages name it.

/// One of povery's attributes on functions.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Noun {
    /// The attribute's name.
    pub(crate) attribute: &'static str,
    /// What the function is then.
    pub(crate) name: &'static str,
    /// The same with its article.
    pub(crate) a: &'static str,
    /// Who calls it.
    pub(crate) caller: &'static str,
}

impl Noun {
    pub(crate) const ROUTE: Self = Self {
        attribute: "route",
        name: "route",
        a: "a route",
        caller: "the router",
    };
    pub(crate) const ACTION: Self = Self {
        attribute: "action",
        name: "action",
        a: "an action",
        caller: "povery",
    };
    pub(crate) const EVENT: Self = Self {
        attribute: "event",
        name: "event handler",
        a: "an event handler",
        caller: "povery",
    };
    pub(crate) const ALL: [Self; 3] = [Self::ROUTE, Self::ACTION, Self::EVENT];
}
