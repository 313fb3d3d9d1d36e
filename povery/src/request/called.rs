//! What an action or a handler of events is called with, besides the payload.

#[cfg(feature = "events")]
use bytes::Bytes;

/// Says, among the extensions, that there is no HTTP around the body.
#[derive(Clone, Debug)]
pub(crate) struct Called {
    /// The record of an event, as it was sent.
    #[cfg(feature = "events")]
    pub(crate) record: Option<Bytes>,
}
