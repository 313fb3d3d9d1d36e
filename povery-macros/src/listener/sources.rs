//! The sources of events, and what each has.

use crate::near::suggestion;

/// A source as `event(…)` names it.
#[derive(Debug)]
pub(super) struct Source {
    pub(super) name: &'static str,
    /// The variant of `povery::EventSource`.
    pub(super) variant: &'static str,
    /// The keys that choose among its events.
    pub(super) filters: &'static [&'static str],
    /// Whether it takes partial batch responses.
    pub(super) partial: bool,
    /// Whether its records have no order, so that several may be handled at once.
    pub(super) unordered: bool,
}

const fn source(
    name: &'static str,
    variant: &'static str,
    filters: &'static [&'static str],
    partial: bool,
    unordered: bool,
) -> Source {
    Source {
        name,
        variant,
        filters,
        partial,
        unordered,
    }
}

pub(super) const SOURCES: [Source; 8] = [
    source("sqs", "Sqs", &["queue"], true, true),
    source("s3", "S3", &["bucket"], false, true),
    source("sns", "Sns", &["topic"], false, true),
    source("dynamodb", "DynamoDb", &["table"], true, false),
    source("kinesis", "Kinesis", &["stream"], true, false),
    source(
        "eventbridge",
        "EventBridge",
        &["source", "detail_type"],
        false,
        false,
    ),
    source("schedule", "Schedule", &["rule"], false, false),
    source("custom", "Custom", &[], false, false),
];

impl Source {
    /// The source of that name.
    ///
    /// # Errors
    ///
    /// What to write instead.
    pub(super) fn named(written: &str) -> Result<&'static Self, String> {
        let found = SOURCES.iter().find(|source| source.name == written);
        found.ok_or_else(|| {
            let suggestion = suggestion(written, SOURCES.iter().map(|source| source.name));
            format!("unknown source `{written}`: {suggestion}")
        })
    }

    /// The names of those for which something holds, as a message lists them.
    pub(super) fn listed(holds: impl Fn(&Self) -> bool) -> String {
        let names = SOURCES.iter().filter(|source| holds(source));
        let names: Vec<_> = names.map(|source| source.name).collect();
        format!("`{}`", names.join("`, `"))
    }
}
