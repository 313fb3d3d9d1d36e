//! Events of services: which handler they are for.

use bytes::Bytes;
use serde_json::value::RawValue;

use super::{Failure, Invocation, batch};
use crate::event::{Batch, Bridge, Unknown, Unread};
use crate::listener::{EventDef, EventSource, Properties};

/// Whether an event that is no object is a value at all, which a `custom` handler may take.
pub(super) fn is_value(event: &[u8]) -> bool {
    let first = event.iter().find(|byte| !byte.is_ascii_whitespace());
    first != Some(&b'{') && serde_json::from_slice::<&RawValue>(event).is_ok()
}

impl Invocation<'_> {
    pub(super) async fn records(self, read: Result<Batch<'_>, Unread>) -> Result<Bytes, Failure> {
        let source = match &read {
            Ok(batch) => Some(batch.source),
            Err(Unread::Record(source, _)) => Some(*source),
            Err(Unread::Empty | Unread::Mixed) => None,
        };
        // What no handler is for may be what a `custom` one reads by itself.
        if let Some(source) = source
            && !self.app.inner.listeners.listens_to(source)
        {
            return self.custom(Unknown::Other).await;
        }
        let batch = match read {
            Ok(batch) => batch,
            Err(unread) => return Err(self.failed(Failure::unread(&unread, self.app))),
        };
        let Some(event) = self.handler(batch.source, &batch.properties) else {
            return Err(self.failed(Failure::no_handler(batch.source, self.app)));
        };
        batch::handle(self, event, batch).await
    }

    pub(super) async fn bridge(self, bridge: Bridge<'_>) -> Result<Bytes, Failure> {
        let properties = bridge.properties();
        let of = |source| self.handler(source, &properties);
        let scheduled = bridge
            .is_scheduled()
            .then(|| of(EventSource::Schedule))
            .flatten();
        let Some(event) = scheduled.or_else(|| of(EventSource::EventBridge)) else {
            let source = match bridge.is_scheduled() {
                true => EventSource::Schedule,
                false => EventSource::EventBridge,
            };
            if self.app.inner.listeners.listens_to(source) {
                return Err(self.failed(Failure::no_handler(source, self.app)));
            }
            return self.custom(Unknown::Other).await;
        };
        let detail = self.event.slice_ref(bridge.detail.get().as_bytes());
        self.single(event, detail).await
    }

    /// Hands the event to the `custom` handler; where there is none, it is an unknown one.
    pub(super) async fn custom(self, unknown: Unknown) -> Result<Bytes, Failure> {
        match self.handler(EventSource::Custom, &Properties::new()) {
            Some(event) => {
                let payload = self.event.clone();
                self.single(event, payload).await
            }
            None => Err(self.unknown(unknown)),
        }
    }

    fn handler(
        &self,
        source: EventSource,
        properties: &Properties<'_>,
    ) -> Option<&'static EventDef> {
        self.app.inner.listeners.event(source, properties)
    }

    async fn single(self, event: &EventDef, payload: Bytes) -> Result<Bytes, Failure> {
        self.call(&event.listener, event.name(), payload, None)
            .await
    }
}
