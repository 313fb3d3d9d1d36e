//! Handlers of events, and which of them an event is for.

use std::borrow::Cow;
use std::fmt;

use super::{EventSource, Listener};

/// A handler of events as its function describes it: what `events![…]` lists. The macro makes it.
#[derive(Clone, Copy)]
pub struct EventDef {
    pub(crate) source: EventSource,
    filters: &'static [Filter],
    pub(crate) partial: bool,
    pub(crate) concurrency: usize,
    pub(crate) listener: Listener,
}

/// A key and what it has to be, such as the queue and its name.
type Filter = (&'static str, &'static str);

/// What an event says of itself: keys of filters with values. One may come more than once.
pub(crate) type Properties<'a> = Vec<(&'static str, Cow<'a, str>)>;

/// What the macro writes.
#[doc(hidden)]
impl EventDef {
    pub const BROKEN: Self = Self::new(EventSource::Custom, Listener::BROKEN);

    pub const fn new(source: EventSource, listener: Listener) -> Self {
        Self {
            source,
            filters: &[],
            partial: false,
            concurrency: 1,
            listener,
        }
    }

    pub const fn with_filters(mut self, filters: &'static [Filter]) -> Self {
        self.filters = filters;
        self
    }

    pub const fn as_partial(mut self) -> Self {
        self.partial = true;
        self
    }

    pub const fn with_concurrency(mut self, records: usize) -> Self {
        self.concurrency = records;
        self
    }
}

impl EventDef {
    /// Where its events come from.
    pub const fn source(&self) -> EventSource {
        self.source
    }

    /// The name of the function.
    pub const fn name(&self) -> &'static str {
        self.listener.site.name
    }

    /// Whether a part of a batch is reported as failed, so that the service redelivers no more than that.
    pub const fn is_partial(&self) -> bool {
        self.partial
    }

    /// How many records of a batch are handled at once, where they have no order.
    pub const fn concurrency(&self) -> usize {
        self.concurrency
    }

    /// What its events have to be by that key, where that matters.
    #[cfg(feature = "local")]
    pub(crate) fn filter(&self, key: &str) -> Option<&'static str> {
        let filter = self.filters.iter().find(|filter| filter.0 == key);
        filter.map(|filter| filter.1)
    }

    /// Whether it takes all that the other one does, and more.
    #[cfg(feature = "local")]
    pub(crate) fn is_wider(&self, other: &Self) -> bool {
        self.source == other.source
            && self.filters.len() < other.filters.len()
            && self
                .filters
                .iter()
                .all(|filter| other.filters.contains(filter))
    }

    fn takes(&self, source: EventSource, properties: &Properties<'_>) -> bool {
        let has = |filter: &Filter| {
            let mut properties = properties.iter();
            properties.any(|(key, value)| *key == filter.0 && value == filter.1)
        };
        self.source == source && self.filters.iter().all(has)
    }

    /// Whether there are events that both take, and neither before the other.
    fn conflicts_with(&self, other: &Self) -> bool {
        let agrees = |filter: &Filter| {
            let mut others = other.filters.iter();
            others.all(|other| other.0 != filter.0 || other.1 == filter.1)
        };
        self.source == other.source
            && self.filters.len() == other.filters.len()
            && self.filters.iter().all(agrees)
    }
}

/// What it takes: `sqs` (queue `orders`).
impl fmt::Display for EventDef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}`", self.source)?;
        for (at, (key, value)) in self.filters.iter().enumerate() {
            f.write_str(if at == 0 { " (" } else { ", " })?;
            write!(f, "{key} `{value}`")?;
        }
        f.write_str(if self.filters.is_empty() { "" } else { ")" })
    }
}

impl fmt::Debug for EventDef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self} → {}", self.listener)
    }
}

/// Handlers of events, as [`events!`](crate::events!) lists them.
#[derive(Clone, Copy, Debug)]
pub struct EventTable {
    events: &'static [&'static EventDef],
}

#[doc(hidden)]
impl EventTable {
    pub const fn new(events: &'static [&'static EventDef]) -> Self {
        Self { events }
    }
}

impl EventTable {
    pub(crate) fn events(self) -> &'static [&'static EventDef] {
        self.events
    }
}

/// The handler of an event: of those that take it the one that says most of what it takes.
pub(crate) fn find(
    events: &[&'static EventDef],
    source: EventSource,
    properties: &Properties<'_>,
) -> Option<&'static EventDef> {
    let taking = events
        .iter()
        .filter(|event| event.takes(source, properties));
    taking.max_by_key(|event| event.filters.len()).copied()
}

/// A sentence for each handler whose events another one might take as well, or that asks what no event says.
pub(crate) fn mistakes(events: &[&'static EventDef]) -> Vec<String> {
    let mut sentences = Vec::new();
    for (at, event) in events.iter().enumerate() {
        let twin = events
            .iter()
            .take(at)
            .find(|twin| event.conflicts_with(twin));
        if let Some(twin) = twin {
            let (one, other) = (event.listener, twin.listener);
            sentences.push(format!(
                "{one} takes the same events as {other}, {twin}: say more of what one of them takes"
            ));
        }
        if event.listener.needs_caller() {
            let listener = event.listener;
            sentences.push(format!("{listener} takes who calls, which no event says"));
        }
    }
    sentences
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::route::Caller;

    const fn of(source: EventSource, filters: &'static [Filter]) -> EventDef {
        EventDef::new(source, Listener::BROKEN).with_filters(filters)
    }

    static ANY: EventDef = of(EventSource::EventBridge, &[]);
    static SHOP: EventDef = of(EventSource::EventBridge, &[("source", "shop")]);
    static SOLD: EventDef = of(EventSource::EventBridge, &[("detail_type", "sold")]);
    static SHOP_SOLD: EventDef = of(
        EventSource::EventBridge,
        &[("source", "shop"), ("detail_type", "sold")],
    );
    static QUEUE: EventDef = of(EventSource::Sqs, &[("queue", "orders")]);

    #[test]
    fn whoever_says_most_takes_an_event() {
        let all = [&ANY, &SHOP, &SHOP_SOLD, &QUEUE];
        let found = |source: &'static str, kind: &'static str| {
            let properties = vec![("source", source.into()), ("detail_type", kind.into())];
            let found = find(&all, EventSource::EventBridge, &properties);
            found.map(|event| event.to_string())
        };
        for (source, kind, takes) in [
            (
                "shop",
                "sold",
                "`eventbridge` (source `shop`, detail_type `sold`)",
            ),
            ("shop", "lost", "`eventbridge` (source `shop`)"),
            ("", "sold", "`eventbridge`"),
        ] {
            assert_eq!(found(source, kind).as_deref(), Some(takes));
        }
        let other = vec![("queue", "order".into())];
        assert!(find(&all, EventSource::Sqs, &other).is_none());
        assert!(find(&all, EventSource::Kinesis, &other).is_none());
    }

    #[test]
    fn handlers_of_the_same_events_conflict() {
        for (events, count) in [
            (vec![&ANY, &SHOP, &SHOP_SOLD, &QUEUE], 0),
            (vec![&ANY, &QUEUE, &ANY, &QUEUE], 2),
            // An event of that source and that type is for either.
            (vec![&SHOP, &SOLD], 1),
        ] {
            assert_eq!(mistakes(&events).len(), count, "{events:?}");
        }
    }

    #[test]
    fn no_event_says_who_calls() {
        const fn asking(callers: &'static [Caller]) -> EventDef {
            EventDef::new(EventSource::Sqs, Listener::BROKEN.with_callers(callers))
        }
        static NEEDS: EventDef = asking(&[Caller::Unasked, Caller::Required]);
        static ASKS: EventDef = asking(&[Caller::Optional]);
        assert_eq!(mistakes(&[&ASKS]), [] as [String; 0]);
        let [mistake] = &*mistakes(&[&NEEDS]) else {
            panic!("one mistake");
        };
        assert!(mistake.contains("takes who calls"), "{mistake}");
    }
}
