//! Events that no gateway sends, told apart by their shape alone.

#[cfg(feature = "events")]
mod bridge;
#[cfg(feature = "events")]
mod records;
#[cfg(feature = "events")]
mod unread;

#[cfg(feature = "events")]
pub(crate) use bridge::Bridge;
#[cfg(feature = "events")]
pub(crate) use records::{Batch, Item, Payload};
#[cfg(feature = "events")]
pub(crate) use unread::Unread;

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::value::RawValue;

use super::Object;

/// An event without a `requestContext`.
#[derive(Debug)]
pub(crate) enum Direct<'a> {
    /// Exactly `{"action": "name", "payload"?: …}`.
    Action {
        name: Cow<'a, str>,
        /// `None` for `null` too.
        payload: Option<&'a RawValue>,
    },
    /// `{"Records": […]}` of a service that is known.
    #[cfg(feature = "events")]
    Records(Result<Batch<'a>, Unread>),
    /// `{"source": …, "detail-type": …, "detail": …}`.
    #[cfg(feature = "events")]
    Bridge(Bridge<'a>),
    /// Anything else.
    Other,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Envelope<'a> {
    #[serde(borrow)]
    action: Cow<'a, str>,
    #[serde(borrow, default)]
    payload: Option<&'a RawValue>,
}

impl<'a> Direct<'a> {
    /// Reads the bytes of an event of which [`Event`](super::Event) has said that it is
    /// [`Unknown::Other`](super::Unknown::Other).
    pub(crate) fn read(event: &'a [u8]) -> Self {
        match serde_json::from_slice::<Object<Envelope<'_>>>(event) {
            Ok(Object(Envelope { action, payload })) => Self::Action {
                name: action,
                payload,
            },
            Err(_) => Self::of_a_service(event),
        }
    }

    #[cfg(not(feature = "events"))]
    fn of_a_service(_: &'a [u8]) -> Self {
        Self::Other
    }

    #[cfg(feature = "events")]
    fn of_a_service(event: &'a [u8]) -> Self {
        #[derive(Deserialize)]
        struct Records<'a> {
            #[serde(borrow, rename = "Records")]
            records: &'a RawValue,
        }
        if let Ok(Object(Records { records })) = serde_json::from_slice(event) {
            return records::read(records).map_or(Self::Other, Self::Records);
        }
        match serde_json::from_slice(event) {
            Ok(Object(bridge)) => Self::Bridge(bridge),
            Err(_) => Self::Other,
        }
    }
}

#[cfg(test)]
mod tests;
