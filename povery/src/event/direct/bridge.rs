//! Events of EventBridge, scheduled ones among them.

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::listener::Properties;

/// An event of a bus.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) struct Bridge<'a> {
    #[serde(borrow)]
    source: Cow<'a, str>,
    #[serde(borrow)]
    detail_type: Cow<'a, str>,
    #[serde(borrow)]
    pub(crate) detail: &'a RawValue,
    #[serde(borrow, default)]
    resources: Vec<Cow<'a, str>>,
}

impl<'a> Bridge<'a> {
    /// Whether a rule with a schedule has made it.
    pub(crate) fn is_scheduled(&self) -> bool {
        self.source == "aws.events" && self.detail_type == "Scheduled Event"
    }

    /// What chooses its handler.
    pub(crate) fn properties(&self) -> Properties<'a> {
        let mut properties = vec![
            ("source", self.source.clone()),
            ("detail_type", self.detail_type.clone()),
        ];
        // `arn:aws:events:…:rule/nightly`, and `rule/bus/nightly` where the bus is not the default.
        for resource in &self.resources {
            if let Some((_, rule)) = resource.split_once(":rule/") {
                properties.push(("rule", rule.to_owned().into()));
            }
        }
        properties
    }
}
