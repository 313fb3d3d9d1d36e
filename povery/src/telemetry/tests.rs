//! What goes out, and what does not.

use opentelemetry::KeyValue;
use opentelemetry::trace::{SpanKind, Status, TraceContextExt};
use opentelemetry_sdk::trace::{InMemorySpanExporter, SpanData};
use tower::ServiceExt;
use tracing::Level;
use tracing_opentelemetry::OpenTelemetrySpanExt;
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::layer::SubscriberExt;

use super::*;
use crate::app::App;
use crate::redact;

struct Listening {
    exporter: InMemorySpanExporter,
    app: App,
    _guard: tracing::subscriber::DefaultGuard,
}

/// Listens on this thread, where the log has what is told.
fn listening(log: Targets) -> Listening {
    let exporter = InMemorySpanExporter::default();
    let provider = SdkTracerProvider::builder()
        .with_simple_exporter(exporter.clone())
        .build();
    let layer = Telemetry::new(provider.clone()).layer(redact::names(), log);
    Listening {
        exporter,
        app: App::new().opentelemetry(provider),
        _guard: crate::log::listen(tracing_subscriber::registry().with(layer)),
    }
}

impl Listening {
    fn spans(&self) -> Vec<SpanData> {
        self.exporter.get_finished_spans().unwrap()
    }

    fn names(&self) -> Vec<String> {
        let spans = self.spans();
        spans.iter().map(|span| span.name.to_string()).collect()
    }

    async fn request(&self, method: &str, traceparent: &str) -> SpanData {
        let request = http::Request::builder()
            .method(method)
            .header("traceparent", traceparent)
            .body(crate::Body::empty())
            .unwrap();
        let Ok(_) = self.app.clone().oneshot(request).await;
        self.spans().pop().unwrap()
    }
}

const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";
const PARENT: &str = "00f067aa0ba902b7";

#[tokio::test]
async fn a_request_over_http_is_a_part_of_its_callers_trace() {
    let listening = listening(Targets::new());
    let traceparent = format!("00-{TRACE}-{PARENT}-01");
    let span = listening.request("GET", &traceparent).await;
    assert_eq!(span.span_context.trace_id().to_string(), TRACE);
    assert_eq!(span.parent_span_id.to_string(), PARENT);
    assert!(span.parent_span_is_remote);
    assert_eq!(span.span_kind, SpanKind::Server);
    // What is none is left alone.
    let span = listening.request("GET", "00-x").await;
    assert_eq!(span.parent_span_id, opentelemetry::SpanId::INVALID);
    assert_ne!(span.span_context.trace_id().to_string(), TRACE);
}

/// A server around the application has read the header already.
#[tokio::test]
async fn a_span_around_the_request_stays_its_parent() {
    use tracing::Instrument;

    let listening = listening(Targets::new());
    let around = tracing::info_span!("around");
    let id = around.context().span().span_context().span_id();
    let traceparent = format!("00-{TRACE}-{PARENT}-01");
    let span = listening.request("GET", &traceparent).instrument(around);
    assert_eq!(span.await.parent_span_id, id);
}

#[tokio::test]
async fn a_method_that_callers_invent_has_no_name() {
    let listening = listening(Targets::new());
    let span = listening.request("CANARY", "").await;
    assert_eq!(span.name, "HTTP");
    let all = format!("{span:?}");
    assert!(all.contains("_OTHER") && !all.contains("CANARY"), "{all}");
}

#[test]
fn whatever_is_said_of_a_span_is_read_for_secrets() {
    let listening = listening(Targets::new());
    let error = std::io::Error::other("postgres://app:canary@db");
    let plain = std::io::Error::other("canary");
    let span = tracing::info_span!(
        "work",
        otel.name = "token=canary",
        password = 7,
        error = &error as &(dyn std::error::Error + 'static),
        token = &plain as &(dyn std::error::Error + 'static),
        later = tracing::field::Empty,
    );
    span.add_event(
        "early password=canary",
        vec![KeyValue::new("secret", "canary")],
    );
    span.in_scope(|| {
        span.record("later", "Bearer canary.canary.canary");
        span.set_attribute("session_id", "canary");
        let texts: Vec<opentelemetry::StringValue> = vec!["pwd=canary".into()];
        span.set_attribute("list", opentelemetry::Value::Array(texts.into()));
        span.set_status(Status::error("api_key=canary"));
        span.add_event(
            "late password=canary",
            vec![KeyValue::new("a", "token=canary")],
        );
        span.context().span().update_name("work token=canary");
        tracing::error!("canary");
    });
    drop(span);
    let spans = listening.spans();
    let all = format!("{spans:?}");
    assert!(!all.contains("canary") && !all.contains("I64(7)"), "{all}");
    let [span] = &spans[..] else { panic!("{all}") };
    // What is no secret is there.
    assert_eq!(span.name, "work token=[redacted]");
    assert_eq!(span.status, Status::error("api_key=[redacted]"));
    assert_eq!(span.events.len(), 2);
    assert!(all.contains("postgres://app:[redacted]@db"), "{all}");
}

#[test]
fn spans_are_those_of_the_log_and_never_less_than_info() {
    let all = || {
        tracing::info_span!("info").in_scope(|| {});
        tracing::debug_span!("debug").in_scope(|| {});
        tracing::debug_span!(target: "other::part", "other").in_scope(|| {});
        // By which exporters send.
        tracing::info_span!(target: "h2::client", "sending").in_scope(|| {});
        tracing::info_span!(target: "hyperbole", "no exporter").in_scope(|| {});
    };
    let quiet = Targets::new().with_default(LevelFilter::ERROR);
    for (log, expected) in [
        (quiet.clone(), &["info", "no exporter"][..]),
        (
            quiet.with_target("other", Level::DEBUG),
            &["info", "other", "no exporter"],
        ),
        (
            Targets::new().with_default(LevelFilter::TRACE),
            &["info", "debug", "other", "no exporter"],
        ),
    ] {
        let listening = listening(log);
        all();
        assert_eq!(listening.names(), expected);
    }
}

#[test]
fn nothing_of_a_provider_is_printed() {
    let provider = SdkTracerProvider::builder().build();
    assert_eq!(
        format!("{:?}", Telemetry::new(provider)),
        "Telemetry { .. }"
    );
}
