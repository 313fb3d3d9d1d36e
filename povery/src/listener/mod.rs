//! Actions and events as constant data, which the macros write: what a function does besides HTTP.

mod action;
#[cfg(feature = "events")]
mod event;
mod outcome;
#[cfg(feature = "events")]
mod source;

pub(crate) use action::mistakes as action_mistakes;
pub use action::{ActionDef, ActionTable};
#[cfg(feature = "events")]
pub use event::{EventDef, EventTable};
#[cfg(feature = "events")]
pub(crate) use event::{Properties, find, mistakes as event_mistakes};
pub use outcome::{ActionOutcome, answered};
#[cfg(feature = "events")]
pub use outcome::{EventOutcome, done};
#[cfg(feature = "events")]
pub use source::EventSource;

use std::fmt;

use crate::error::PoveryError;
use crate::extract::Inputs;
use crate::route::{Caller, Handling, Site};

/// What every action and every handler of events has, as the macros write it.
#[derive(Clone, Copy)]
#[doc(hidden)]
pub struct Listener {
    pub(crate) site: Site,
    pub(crate) databases: &'static [&'static [&'static str]],
    pub(crate) callers: &'static [Caller],
    pub(crate) idempotent: bool,
    pub(crate) handler: fn(Inputs) -> Handling,
}

impl Listener {
    /// What stands in for a function whose attribute has been refused: see `RouteDef::BROKEN`.
    pub(crate) const BROKEN: Self = Self::new(
        Site {
            name: "",
            module: "",
            file: "",
            line: 0,
        },
        |_| Box::pin(async { Err(PoveryError::internal("a function that did not compile")) }),
    );

    pub const fn new(site: Site, handler: fn(Inputs) -> Handling) -> Self {
        Self {
            site,
            databases: &[],
            callers: &[],
            idempotent: false,
            handler,
        }
    }

    pub const fn as_idempotent(mut self) -> Self {
        self.idempotent = true;
        self
    }

    /// The databases that each of its arguments needs.
    pub const fn with_databases(mut self, arguments: &'static [&'static [&'static str]]) -> Self {
        self.databases = arguments;
        self
    }

    /// Whether each of its arguments asks who calls.
    pub const fn with_callers(mut self, arguments: &'static [Caller]) -> Self {
        self.callers = arguments;
        self
    }

    /// Whether an argument cannot be had without knowing who calls.
    fn needs_caller(&self) -> bool {
        self.callers.contains(&Caller::Required)
    }
}

/// The function and its place: `sum` (src/math.rs:12).
impl fmt::Display for Listener {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Site {
            name, file, line, ..
        } = self.site;
        write!(f, "`{name}` ({file}:{line})")
    }
}
