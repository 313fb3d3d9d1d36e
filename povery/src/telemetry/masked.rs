//! Spans without the secrets in them: whatever is said by the layer passes here on its way to the SDK.

use std::borrow::Cow;
use std::time::SystemTime;

use opentelemetry::trace::{Event, Link, Span, SpanBuilder, SpanContext, Status, Tracer};
use opentelemetry::{Array, Context, KeyValue, StringValue, Value};
use opentelemetry_sdk::trace::{SdkTracer, Span as SdkSpan};

use super::said::{Whose, name_of};
use crate::contained::contained;
use crate::redact::{Names, REDACTED, scan};

/// Begins spans.
#[derive(Clone, Debug)]
pub(super) struct Masking {
    tracer: SdkTracer,
    names: &'static Names,
}

/// A span that has begun.
#[derive(Debug)]
pub(super) struct Masked {
    /// `None` where beginning it has panicked.
    span: Option<SdkSpan>,
    names: &'static Names,
    whose: Whose,
    /// Of a request.
    method: String,
}

impl Masking {
    pub(super) fn new(tracer: SdkTracer, names: &'static Names) -> Self {
        Self { tracer, names }
    }
}

impl Tracer for Masking {
    type Span = Masked;

    fn build_with_context(&self, mut builder: SpanBuilder, parent: &Context) -> Masked {
        let names = self.names;
        let whose = Whose::of(&builder);
        whose.name(&mut builder);
        let method = match whose {
            Whose::Request => builder.name.clone().into_owned(),
            _ => String::new(),
        };
        if let (Whose::Other, Cow::Owned(name)) = (whose, &builder.name) {
            builder.name = text(name, names).into();
        }
        let attributes = builder.attributes.take().unwrap_or_default();
        let attributes = attributes.into_iter();
        let attributes = attributes.filter_map(|field| attribute(field, whose, names));
        builder.attributes = Some(attributes.collect());
        let events = builder.events.take();
        builder.events = events.map(|events| {
            let events = events.into_iter();
            events.map(|event| without_secrets(event, names)).collect()
        });
        let links = builder.links.take();
        builder.links = links.map(|links| {
            let masked = |link: Link| {
                let attributes = masked(link.attributes, names);
                Link::new(link.span_context, attributes, link.dropped_attributes_count)
            };
            links.into_iter().map(masked).collect()
        });
        let mut span = None;
        contained(|| span = Some(self.tracer.build_with_context(builder, parent)));
        Masked {
            span,
            names,
            whose,
            method,
        }
    }
}

/// Ended by whoever drops it, if by nobody before.
impl Drop for Masked {
    fn drop(&mut self) {
        let span = self.span.take();
        contained(|| drop(span));
    }
}

static NONE: SpanContext = SpanContext::NONE;

/// What the SDK does calls the processors and exporters of the developer: a panic in these changes no answer, and the
/// span may be dropped on the way of another one.
impl Span for Masked {
    fn add_event_with_timestamp<T>(&mut self, name: T, at: SystemTime, attributes: Vec<KeyValue>)
    where
        T: Into<Cow<'static, str>>,
    {
        let names = self.names;
        self.recording(|span| {
            let name = text(&name.into(), names);
            span.add_event_with_timestamp(name, at, masked(attributes, names));
        });
    }

    fn span_context(&self) -> &SpanContext {
        self.span.as_ref().map_or(&NONE, Span::span_context)
    }

    fn is_recording(&self) -> bool {
        self.span.as_ref().is_some_and(Span::is_recording)
    }

    fn set_attribute(&mut self, field: KeyValue) {
        let (names, whose) = (self.names, self.whose);
        let is_route = whose == Whose::Request && field.key.as_str() == "route";
        let name = is_route.then(|| name_of(&self.method, &field.value.as_str()));
        self.recording(|span| {
            if let Some(name) = name {
                span.update_name(name);
            }
            if let Some(attribute) = attribute(field, whose, names) {
                span.set_attribute(attribute);
            }
        });
    }

    fn set_status(&mut self, status: Status) {
        let names = self.names;
        self.recording(|span| {
            span.set_status(match status {
                Status::Error { description } if !description.is_empty() => {
                    Status::error(text(&description, names))
                }
                status => status,
            });
        });
    }

    fn update_name<T: Into<Cow<'static, str>>>(&mut self, name: T) {
        let names = self.names;
        self.recording(|span| span.update_name(text(&name.into(), names)));
    }

    fn add_link(&mut self, to: SpanContext, attributes: Vec<KeyValue>) {
        let names = self.names;
        self.recording(|span| span.add_link(to, masked(attributes, names)));
    }

    fn end_with_timestamp(&mut self, at: SystemTime) {
        self.recording(|span| span.end_with_timestamp(at));
    }
}

impl Masked {
    /// Does something to a span that is recorded.
    fn recording(&mut self, call: impl FnOnce(&mut SdkSpan)) {
        if let Some(span) = self.span.as_mut().filter(|span| span.is_recording()) {
            contained(|| call(span));
        }
    }
}

/// A field of a span, as it goes out.
fn attribute(field: KeyValue, whose: Whose, names: &Names) -> Option<KeyValue> {
    let is_plain = |key: &str| {
        // What povery says itself is no secret, though a template may name one.
        matches!(key, "route" | "handler" | "request_id") && whose != Whose::Other
    };
    let field = match is_plain(field.key.as_str()) {
        true => field,
        false => without_secret(field, names),
    };
    whose.attribute(field)
}

fn masked(fields: Vec<KeyValue>, names: &Names) -> Vec<KeyValue> {
    let fields = fields.into_iter();
    fields.map(|field| without_secret(field, names)).collect()
}

fn without_secrets(event: Event, names: &Names) -> Event {
    let (name, attributes) = (text(&event.name, names), masked(event.attributes, names));
    let dropped = event.dropped_attributes_count;
    Event::new(name, event.timestamp, attributes, dropped)
}

fn without_secret(field: KeyValue, names: &Names) -> KeyValue {
    let KeyValue { key, value, .. } = field;
    let texts = |texts: Vec<StringValue>| {
        let texts = texts.into_iter();
        let texts = texts.map(|given| text(given.as_str(), names).into());
        Array::String(texts.collect())
    };
    let value = match value {
        // It says nothing of a secret.
        Value::Bool(value) => Value::Bool(value),
        _ if names.is_secret(key.as_str()) => REDACTED.into(),
        Value::String(given) => text(given.as_str(), names).into(),
        Value::Array(Array::String(given)) => Value::Array(texts(given)),
        Value::I64(_) | Value::F64(_) => value,
        Value::Array(Array::Bool(_) | Array::I64(_) | Array::F64(_)) => value,
        _ => REDACTED.into(),
    };
    KeyValue::new(key, value)
}

fn text(given: &str, names: &Names) -> String {
    let mut out = String::with_capacity(given.len());
    scan(given, names, &mut out);
    out
}
