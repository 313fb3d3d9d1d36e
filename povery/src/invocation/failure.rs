//! The errors of invocations.

use crate::app::{App, Failed};
use crate::event::Unknown;
#[cfg(feature = "events")]
use crate::{event::Unread, listener::EventSource};

/// The error of an invocation, in the words that Lambda passes on.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Failure {
    pub(crate) kind: String,
    pub(crate) message: String,
}

impl Failure {
    /// What the error is called where an action is not there.
    const UNKNOWN_ACTION: &str = "Povery.UnknownAction";

    /// An event that the application does not listen to.
    pub(super) fn unknown(unknown: &Unknown, app: &App) -> Self {
        Self {
            kind: Unknown::ERROR_TYPE.to_owned(),
            message: format!("{unknown}; besides these, {}", app.inner.listeners),
        }
    }

    pub(super) fn no_action(app: &App) -> Self {
        Self {
            kind: Self::UNKNOWN_ACTION.to_owned(),
            message: format!("no action has this name; {}", app.inner.listeners),
        }
    }

    /// An event of a service that cannot be read.
    #[cfg(feature = "events")]
    pub(super) fn unread(unread: &Unread, app: &App) -> Self {
        Self {
            kind: Unknown::ERROR_TYPE.to_owned(),
            message: format!("{unread}; {}", app.inner.listeners),
        }
    }

    /// An event of a service of which the application handles others.
    #[cfg(feature = "events")]
    pub(super) fn no_handler(source: EventSource, app: &App) -> Self {
        Self {
            kind: Unknown::ERROR_TYPE.to_owned(),
            message: format!(
                "no handler is for this event of `{source}`; {}",
                app.inner.listeners
            ),
        }
    }

    /// Records for which there was no time.
    #[cfg(feature = "events")]
    pub(super) fn not_begun(count: usize, total: usize) -> Self {
        Self {
            kind: "TIMEOUT".to_owned(),
            message: format!(
                "{count} of {total} records were not begun before the invocation ends"
            ),
        }
    }
}

impl From<Failed> for Failure {
    fn from(failed: Failed) -> Self {
        Self {
            kind: failed.kind,
            message: failed.message,
        }
    }
}
