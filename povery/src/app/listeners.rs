//! What an application does besides HTTP.

use std::fmt;

use bytes::Bytes;

use super::App;
use super::dispatch::{self, Call, Failed};
use crate::auth::Authorizer;
use crate::listener::{ActionDef, ActionTable, Listener, action_mistakes};
#[cfg(feature = "events")]
use crate::listener::{EventDef, EventSource, EventTable, Properties, event_mistakes, find};

/// The actions of an application, and its handlers of events.
#[derive(Clone, Default)]
pub(crate) struct Listeners {
    actions: Vec<&'static ActionDef>,
    #[cfg(feature = "events")]
    events: Vec<&'static EventDef>,
}

impl App {
    /// Adds the actions that [`actions!`](crate::actions!) lists, which a direct invocation calls by name. May
    /// be called again for further lists; actions of one name are reported, all at once, when the application
    /// starts.
    #[must_use]
    pub fn actions(mut self, table: ActionTable) -> Self {
        let listeners = &mut self.inner_mut().listeners;
        listeners.actions.extend(table.actions());
        self.take_databases();
        self
    }

    /// Adds the handlers that [`events!`](crate::events!) lists. May be called again for further lists; handlers
    /// of the same events are reported, all at once, when the application starts.
    #[cfg(feature = "events")]
    #[must_use]
    pub fn events(mut self, table: EventTable) -> Self {
        let inner = self.inner_mut();
        inner.listeners.events.extend(table.events());
        #[cfg(feature = "postgres")]
        inner.pools.make_room(inner.listeners.concurrency());
        self.take_databases();
        self
    }

    /// Calls the handler of an action or of events.
    pub(crate) async fn call(&self, listener: &Listener, call: Call) -> Result<Bytes, Failed> {
        dispatch::call(&self.inner, listener, call).await
    }
}

impl Listeners {
    /// Whether there is nothing but HTTP.
    pub(crate) fn is_empty(&self) -> bool {
        self.all().next().is_none()
    }

    /// The actions, in the order of their listing.
    pub(crate) fn actions(&self) -> &[&'static ActionDef] {
        &self.actions
    }

    pub(super) fn mistakes(&self, authorizer: Option<&Authorizer>) -> Vec<String> {
        let has_tokens = authorizer.is_some_and(Authorizer::knows_invokers);
        let mistakes = action_mistakes(&self.actions, has_tokens);
        #[cfg(feature = "events")]
        let mistakes = [mistakes, event_mistakes(&self.events)].concat();
        mistakes
    }

    fn all(&self) -> impl Iterator<Item = &Listener> {
        let all = self.actions.iter().map(|action| &action.listener);
        #[cfg(feature = "events")]
        let all = all.chain(self.events.iter().map(|event| &event.listener));
        all
    }

    #[cfg(feature = "postgres")]
    pub(super) fn databases(&self) -> impl Iterator<Item = &'static str> {
        let databases = self.all().flat_map(|listener| listener.databases);
        databases.copied().flatten().copied()
    }
}

#[cfg(feature = "events")]
impl Listeners {
    /// The handler of an event.
    pub(crate) fn event(
        &self,
        source: EventSource,
        properties: &Properties<'_>,
    ) -> Option<&'static EventDef> {
        find(&self.events, source, properties)
    }

    /// The handlers of events, in the order of their listing.
    #[cfg(feature = "local")]
    pub(crate) fn events(&self) -> &[&'static EventDef] {
        &self.events
    }

    /// Whether any handler is for events of that source.
    pub(crate) fn listens_to(&self, source: EventSource) -> bool {
        self.events.iter().any(|event| event.source == source)
    }

    /// The most records that one invocation handles at once.
    #[cfg(feature = "postgres")]
    fn concurrency(&self) -> usize {
        let widths = self.events.iter().map(|event| event.concurrency);
        widths.max().unwrap_or(1)
    }
}

/// What is listened to, in half a sentence.
impl fmt::Display for Listeners {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("this function has ")?;
        if self.actions.is_empty() {
            f.write_str("no actions")?;
        } else {
            let names: Vec<_> = self.actions.iter().map(|action| action.name).collect();
            write!(f, "the actions `{}`", names.join("`, `"))?;
        }
        #[cfg(feature = "events")]
        if !self.events.is_empty() {
            let events: Vec<_> = self.events.iter().map(ToString::to_string).collect();
            write!(f, " and handles events of {}", events.join(", "))?;
        }
        Ok(())
    }
}
