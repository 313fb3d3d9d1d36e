//! What the spans of povery say, in the words of OpenTelemetry's semantic conventions.

use opentelemetry::trace::{SpanBuilder, SpanKind, Status, TraceContextExt};
use opentelemetry::{Context, Key, KeyValue};
use tracing::Span;
use tracing_opentelemetry::OpenTelemetrySpanExt;

use super::parent::{of_headers, of_xray};
use crate::observation::{CALL, Observation, SPAN};
use crate::request::{Headers, LambdaContext};

/// Whose span it is, by its target.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Whose {
    /// That around a request.
    Request,
    /// That around an action, or the handler of an event or of a record.
    Call,
    /// The developer's, or that of a crate.
    Other,
}

impl Whose {
    pub(super) fn of(builder: &SpanBuilder) -> Self {
        match said(builder, "target").as_deref() {
            Some(SPAN) => Self::Request,
            Some(CALL) => Self::Call,
            _ => Self::Other,
        }
    }

    /// Gives a span of povery its name and its kind, as they are known when it begins.
    pub(super) fn name(self, builder: &mut SpanBuilder) {
        let (name, kind) = match self {
            Self::Request => {
                let method = said(builder, "method");
                (
                    method.map(|method| begin_of_name(&method)),
                    SpanKind::Server,
                )
            }
            Self::Call if said(builder, "record").is_some() => {
                (said(builder, "handler"), SpanKind::Consumer)
            }
            Self::Call => (said(builder, "handler"), SpanKind::Server),
            Self::Other => return,
        };
        if let Some(name) = name {
            builder.name = name.into();
        }
        builder.span_kind = Some(kind);
    }

    /// A field under the name of the conventions; `None` where it is said otherwise.
    pub(super) fn attribute(self, field: KeyValue) -> Option<KeyValue> {
        if self == Self::Other {
            return Some(field);
        }
        let name = match field.key.as_str() {
            // The context of the span has it.
            "trace_id" => return None,
            "request_id" => "faas.invocation_id",
            "route" => "http.route",
            "method" => {
                let method = known(field.value.as_str().as_ref());
                return Some(KeyValue::new("http.request.method", method));
            }
            _ => return Some(field),
        };
        Some(KeyValue::new(name, field.value))
    }
}

/// What a span that begins says under that name.
fn said(builder: &SpanBuilder, name: &str) -> Option<String> {
    let mut attributes = builder.attributes.iter().flatten();
    let found = attributes.find(|attribute| attribute.key.as_str() == name)?;
    Some(found.value.as_str().into_owned())
}

/// The name of a request's span while no route is known.
fn begin_of_name(method: &str) -> String {
    match known(method) {
        OTHER => "HTTP".to_owned(),
        method => method.to_owned(),
    }
}

/// The name of a request's span, of which the method is told as an attribute has it.
pub(super) fn name_of(method: &str, route: &str) -> String {
    format!("{} {route}", begin_of_name(method))
}

/// What stands for a method that callers have invented.
const OTHER: &str = "_OTHER";

fn known(method: &str) -> &'static str {
    const KNOWN: [&str; 9] = [
        "CONNECT", "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT", "TRACE",
    ];
    let mut known = KNOWN.into_iter();
    known.find(|known| *known == method).unwrap_or(OTHER)
}

/// A span of povery that begins: the trace that it is a part of, and whether somebody has waited for the sandbox. A request that is
/// a part of something here already stays that.
pub(crate) fn begun(
    span: &Span,
    observation: Option<&Observation>,
    lambda: Option<&LambdaContext>,
    headers: Option<&Headers>,
) {
    let around = Context::current();
    if !around.span().span_context().is_valid() {
        let parent = match lambda {
            Some(lambda) => lambda.trace_id.as_deref().and_then(of_xray),
            None => headers.and_then(of_headers),
        };
        if let Some(parent) = parent {
            // Where nobody listens there is no span to have one.
            let _ = span.set_parent(around.with_remote_span_context(parent));
        }
    }
    if let Some(is_cold) = observation.and_then(Observation::cold_start) {
        span.set_attribute("faas.coldstart", is_cold);
    }
}

/// The status of the answer to a request.
pub(crate) fn answered(span: &Span, status: u16) {
    span.set_attribute("http.response.status_code", i64::from(status));
    if status >= 500 {
        failed(span, &status.to_string());
    }
}

/// A failure, by its code. What its error says is for the log.
pub(crate) fn failed(span: &Span, code: &str) {
    span.set_attribute(Key::from_static_str("error.type"), code.to_owned());
    span.set_status(Status::error(""));
}
