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
pub(crate) use event::{Properties, conflicts, find};
pub use outcome::{ActionOutcome, answered};
#[cfg(feature = "events")]
pub use outcome::{EventOutcome, done};
#[cfg(feature = "events")]
pub use source::EventSource;

use std::fmt;

use crate::error::PoveryError;
use crate::extract::Inputs;
use crate::route::{Handling, Site};

/// What every action and every handler of events has.
#[derive(Clone, Copy)]
pub(crate) struct Listener {
    pub(crate) site: Site,
    pub(crate) databases: &'static [&'static [&'static str]],
    pub(crate) idempotent: bool,
    pub(crate) handler: fn(Inputs) -> Handling,
}

impl Listener {
    const fn new(site: Site, handler: fn(Inputs) -> Handling) -> Self {
        Self {
            site,
            databases: &[],
            idempotent: false,
            handler,
        }
    }

    /// What stands in for a function whose attribute has been refused: see `RouteDef::BROKEN`.
    const BROKEN: Self = Self::new(
        Site {
            name: "",
            module: "",
            file: "",
            line: 0,
        },
        |_| Box::pin(async { Err(PoveryError::internal("a function that did not compile")) }),
    );
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
