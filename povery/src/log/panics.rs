//! Panics in the log.

use std::panic;

/// Writes panics as lines of the log. What the standard library prints of one is its text as it is, in lines that belong
/// to no request.
pub(super) fn install() {
    panic::set_hook(Box::new(|panic| {
        let text = panic
            .payload_as_str()
            .unwrap_or("without a message")
            .replace(['\n', '\r'], " ");
        match panic.location() {
            Some(place) => tracing::error!("panicked at {place}: {text}"),
            None => tracing::error!("panicked: {text}"),
        }
    }));
}
