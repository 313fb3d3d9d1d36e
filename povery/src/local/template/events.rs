//! Handlers of events, as event sources of the function.

use serde_json::{Map, Value, json};

use super::Parts;
use super::ids::camel_case;
use crate::app::App;
use crate::listener::{EventDef, EventSource};

/// Adds an event for each handler whose source the template can name.
pub(super) fn add(app: &App, parts: &mut Parts) {
    let events = app.inner.listeners.events();
    for event in events {
        match event.source() {
            EventSource::Sqs => {
                let queue = arn(parts, event, "queue", "Queue");
                batch(parts, event, "SQS", ("Queue", queue));
            }
            EventSource::DynamoDb => {
                let stream = arn(parts, event, "table", "TableStream");
                batch(parts, event, "DynamoDB", ("Stream", stream));
            }
            EventSource::Kinesis => {
                let stream = arn(parts, event, "stream", "Stream");
                batch(parts, event, "Kinesis", ("Stream", stream));
            }
            EventSource::Sns => {
                let topic = arn(parts, event, "topic", "Topic");
                parts.event(&id(event), "SNS", json!({ "Topic": topic }));
            }
            // The rule of another handler lets these events through as well, and one invocation is enough: the
            // application gives them to whoever says most of them.
            EventSource::EventBridge if events.iter().any(|other| other.is_wider(event)) => {}
            EventSource::EventBridge => rule(parts, event),
            EventSource::Schedule => schedule(parts, event),
            EventSource::S3 => {
                parts.leave_out(told(event), "SAM wants its bucket in the same template");
            }
            EventSource::Custom => parts.leave_out(told(event), "nothing says who sends it"),
        }
    }
}

fn told(event: &EventDef) -> String {
    format!("{} of {event}", event.listener)
}

/// With a word behind it: SAM makes ids of it that others may have, such as that of the function's role.
fn id(event: &EventDef) -> String {
    camel_case(&[event.name(), "Event"])
}

/// The parameter for the ARN of what a handler takes events of, named after the filter or, without one, the handler.
fn arn(parts: &mut Parts, event: &EventDef, key: &str, noun: &str) -> Value {
    let name = event.filter(key);
    let parameter = json!({
        "Type": "String",
        "Description": match name {
            Some(name) => format!("The ARN of the {} {name}", spoken(noun)),
            None => format!("The ARN of the {} of which {} takes the events", spoken(noun), event.name()),
        },
    });
    let name = name.unwrap_or(event.name());
    parts.parameter(&camel_case(&[name, noun, "Arn"]), parameter)
}

/// The noun of a parameter, in a sentence.
fn spoken(noun: &str) -> &'static str {
    match noun {
        "Queue" => "queue",
        "Topic" => "topic",
        "TableStream" => "stream of the table",
        _ => "stream",
    }
}

/// A source that Lambda polls.
fn batch(parts: &mut Parts, event: &EventDef, kind: &str, (key, arn): (&str, Value)) {
    let mut properties = Map::new();
    properties.insert(key.to_owned(), arn);
    if event.source().is_stream() {
        // From the oldest record on, so that none is missed.
        properties.insert("StartingPosition".to_owned(), json!("TRIM_HORIZON"));
    }
    if event.is_partial() {
        let types = json!(["ReportBatchItemFailures"]);
        properties.insert("FunctionResponseTypes".to_owned(), types);
    }
    parts.event(&id(event), kind, properties.into());
}

/// A rule for the events that a handler takes.
fn rule(parts: &mut Parts, event: &EventDef) {
    const BUS: &str = "EventBusName";
    if !parts.parameters.contains_key(BUS) {
        let parameter = json!({
            "Type": "String",
            "Description": "The bus whose events are handled",
            "Default": "default",
        });
        parts.parameter(BUS, parameter);
    }
    let mut pattern = Map::new();
    for (key, name) in [("source", "source"), ("detail_type", "detail-type")] {
        if let Some(value) = event.filter(key) {
            pattern.insert(name.to_owned(), json!([value]));
        }
    }
    if pattern.is_empty() {
        // Every event: a pattern cannot be empty.
        pattern.insert("source".to_owned(), json!([{ "prefix": "" }]));
    }
    let properties = json!({ "EventBusName": { "Ref": BUS }, "Pattern": pattern });
    parts.event(&id(event), "EventBridgeRule", properties);
}

/// A rule with a schedule, which has the name that the handler knows it by.
fn schedule(parts: &mut Parts, event: &EventDef) {
    let rule = event.filter("rule");
    let is_name = |name: &str| {
        name.bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b".-_".contains(&byte))
    };
    if rule.is_some_and(|rule| !is_name(rule)) {
        parts.leave_out(told(event), "no rule with a schedule has such a name");
        return;
    }
    let name = rule.unwrap_or(event.name());
    let parameter = json!({
        "Type": "String",
        "Description": format!("When {name} is, such as rate(1 day) or cron(0 3 * * ? *), in UTC"),
        "AllowedPattern": r"^(rate|cron)\(.+\)$",
    });
    let expression = parts.parameter(&camel_case(&[name, "Schedule"]), parameter);
    let mut properties = Map::new();
    properties.insert("Schedule".to_owned(), expression);
    if let Some(rule) = rule {
        properties.insert("Name".to_owned(), json!(rule));
    }
    parts.event(&id(event), "Schedule", properties.into());
}
