//! The spans of invocations, as a provider of the OpenTelemetry SDK is given them.

use http::HeaderMap;
use opentelemetry::trace::{SpanKind, Status};
use opentelemetry_sdk::trace::{InMemorySpanExporter, SdkTracerProvider, SpanData};
use serde_json::{Value, json};
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::SubscriberExt;

use super::*;
use crate as povery;
use crate::observation::Observation;
use crate::prelude::*;
use crate::{Unvalidated, redact};

const TRACE: &str = "5759e988bd862e3fe1be46a994272793";
const PARENT: &str = "53995c3f42cd8ad8";
const HEADER: &str =
    "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1;Lineage=1:a:0";

#[tracing::instrument]
async fn load(number: u32, api_key: &str, note: &str) {
    tracing::info!("canary-event");
    tokio::task::yield_now().await;
}

#[povery::route(GET, "/users/<number>?<q>", crate = crate)]
async fn user(number: u32, q: Option<String>) -> String {
    let note = format!("password=canary-note {}", q.unwrap_or_default());
    load(number, "canary-key", &note).await;
    "found".to_owned()
}

#[povery::route(GET, "/reset/<token>", crate = crate)]
async fn reset(token: String) -> Result<(), PoveryError> {
    tracing::error!("{token}");
    Err(PoveryError::internal("canary-message").with_source(token))
}

#[povery::action(crate = crate)]
async fn act(Unvalidated(Json(fails)): Unvalidated<Json<bool>>) -> Result<(), PoveryError> {
    match fails {
        true => Err(PoveryError::internal("canary-message")),
        false => Ok(()),
    }
}

fn url_event(path: &str) -> Value {
    json!({
        "version": "2.0", "rawPath": path, "rawQueryString": "q=token%3Dcanary-query",
        "headers": {"authorization": "Bearer canary-header", "traceparent": format!("00-{}-{PARENT}-01", "1".repeat(32))},
        "requestContext": {"http": {"method": "GET"}},
    })
}

/// The spans of an invocation, with that trace header, in the order of their ends.
async fn spans(app: App, header: &str, event: Value) -> Vec<SpanData> {
    let exporter = InMemorySpanExporter::default();
    let provider = SdkTracerProvider::builder()
        .with_simple_exporter(exporter.clone())
        .build();
    let app = app.opentelemetry(provider);
    let telemetry = app.inner.telemetry.clone().unwrap();
    let layer = telemetry.layer(redact::names(), Targets::new());
    let _listening = crate::log::listen(tracing_subscriber::registry().with(layer));

    let mut headers = HeaderMap::new();
    headers.insert("lambda-runtime-trace-id", header.parse().unwrap());
    headers.insert("lambda-runtime-deadline-ms", "0".parse().unwrap());
    let context = Context::new("r-1", Default::default(), &headers).unwrap();
    let context = Arc::new(lambda_context(context, SystemTime::now()));
    let observation = Observation::new("r-1".into(), Some(Arc::clone(&context)));
    let observation = Arc::new(observation.logged(true, false));
    let sandbox = Sandbox::unlogged(app);
    let event = Bytes::from(event.to_string());
    drop(reply(&sandbox, event, context, &observation).await);
    exporter.get_finished_spans().unwrap()
}

fn said(span: &SpanData) -> Vec<String> {
    let attributes = span.attributes.iter();
    let mut said: Vec<_> = attributes
        .map(|said| format!("{}={}", said.key, said.value))
        .collect();
    said.sort();
    said
}

#[tokio::test]
async fn a_request_is_a_part_of_the_trace_of_its_invocation() {
    let app = App::new().routes(povery::routes![user]);
    let spans = spans(app, HEADER, url_event("/users/7")).await;
    let [inner, request] = &spans[..] else {
        panic!("{spans:#?}")
    };
    assert_eq!(request.name, "GET /users/<number>");
    assert_eq!(request.span_kind, SpanKind::Server);
    assert_eq!(request.status, Status::Unset);
    assert_eq!(request.span_context.trace_id().to_string(), TRACE);
    assert_eq!(request.parent_span_id.to_string(), PARENT);
    assert!(request.parent_span_is_remote);
    assert_eq!(
        said(request),
        [
            "faas.coldstart=true",
            "faas.invocation_id=r-1",
            "http.request.method=GET",
            "http.response.status_code=200",
            "http.route=/users/<number>",
            "target=povery::dispatch",
        ]
    );
    // The developer's, whose fields are read for secrets.
    assert_eq!(
        (&*inner.name, &inner.span_kind),
        ("load", &SpanKind::Internal)
    );
    assert_eq!(inner.parent_span_id, request.span_context.span_id());
    assert_eq!(
        inner.span_context.trace_id(),
        request.span_context.trace_id()
    );
    let fields = said(inner).join(" ");
    assert!(
        fields.contains("number=7") && fields.contains("api_key=[redacted]"),
        "{fields}"
    );
}

/// Not in the path, the query, a header, an event, the text of an error or a field.
#[tokio::test]
async fn no_secret_goes_out() {
    for path in ["/users/7", "/reset/canary-path", "/none/canary-path"] {
        let app = App::new().routes(povery::routes![user, reset]);
        let spans = spans(app, HEADER, url_event(path)).await;
        let all = format!("{spans:?}");
        assert!(
            !spans.is_empty() && !all.contains("canary"),
            "{path}: {all}"
        );
        assert!(
            spans.iter().all(|span| span.events.is_empty()),
            "{path}: {all}"
        );
    }
}

#[tokio::test]
async fn a_failure_is_an_error_without_its_text() {
    let app = App::new().routes(povery::routes![reset]);
    let failed = spans(app.clone(), HEADER, url_event("/reset/abc")).await;
    let [failed] = &failed[..] else { panic!() };
    assert_eq!(failed.name, "GET /reset/<token>");
    assert_eq!(failed.status, Status::error(""));
    let fields = said(failed);
    assert!(fields.contains(&"error.type=500".to_owned()), "{fields:?}");
    assert!(
        fields.contains(&"http.response.status_code=500".to_owned()),
        "{fields:?}"
    );
    // What the caller has done wrong is no error of the server.
    let missing = spans(app, HEADER, url_event("/none")).await;
    let [missing] = &missing[..] else { panic!() };
    assert_eq!((&*missing.name, &missing.status), ("GET", &Status::Unset));
    assert!(said(missing).contains(&"http.response.status_code=404".to_owned()));
}

/// The header is Lambda's: what a caller says of traces does not count there.
#[tokio::test]
async fn an_invocation_without_a_trace_has_one_of_its_own() {
    let app = App::new().routes(povery::routes![user]);
    for header in [
        "Root=1-2-3",
        "Root=1-5759e988-bd862e3fe1be46a994272793;Sampled=1",
    ] {
        let spans = spans(app.clone(), header, url_event("/users/7")).await;
        let request = spans.last().unwrap();
        assert_eq!(request.parent_span_id, opentelemetry::SpanId::INVALID);
        let trace = request.span_context.trace_id().to_string();
        assert!(trace != TRACE && trace != "1".repeat(32), "{trace}");
    }
    let unsampled = HEADER.replace("Sampled=1", "Sampled=0");
    assert!(
        spans(app, &unsampled, url_event("/users/7"))
            .await
            .is_empty()
    );
}

#[tokio::test]
async fn an_action_is_a_part_of_it_too() {
    for fails in [false, true] {
        let event = json!({"action": "act", "payload": fails});
        let app = App::new().actions(povery::actions![act]);
        let spans = spans(app, HEADER, event).await;
        let [call] = &spans[..] else {
            panic!("{spans:#?}")
        };
        assert_eq!((&*call.name, &call.span_kind), ("act", &SpanKind::Server));
        assert_eq!(call.span_context.trace_id().to_string(), TRACE);
        assert_eq!(call.parent_span_id.to_string(), PARENT);
        let mut expected = vec![
            "faas.coldstart=true",
            "faas.invocation_id=r-1",
            "handler=act",
            "target=povery::app::dispatch::call",
        ];
        let mut status = Status::Unset;
        if fails {
            expected.insert(0, "error.type=INTERNAL");
            status = Status::error("");
        }
        assert_eq!(
            (said(call), &call.status),
            (expected.into_iter().map(String::from).collect(), &status)
        );
    }
}

#[cfg(feature = "events")]
#[tokio::test]
async fn each_record_of_an_event_is_a_part_of_it() {
    #[povery::event(sqs, queue = "orders", crate = crate)]
    async fn ordered(Unvalidated(Json(fails)): Unvalidated<Json<bool>>) -> Result<(), PoveryError> {
        act_on(fails)
    }

    fn act_on(fails: bool) -> Result<(), PoveryError> {
        match fails {
            true => Err(PoveryError::conflict("canary-message")),
            false => Ok(()),
        }
    }

    let record = |id: &str, body: &str| {
        json!({
            "messageId": id, "body": body, "eventSource": "aws:sqs",
            "eventSourceARN": "arn:aws:sqs:eu-central-1:1:orders", "receiptHandle": "canary-handle",
            "attributes": {}, "messageAttributes": {}, "md5OfBody": "-", "awsRegion": "eu-central-1",
        })
    };
    let event = json!({"Records": [record("m-1", "false"), record("m-2", "true")]});
    let app = App::new().events(povery::events![ordered]);
    let spans = spans(app, HEADER, event).await;
    let [done, failed] = &spans[..] else {
        panic!("{spans:#?}")
    };
    for (span, record) in [(done, "record=m-1"), (failed, "record=m-2")] {
        assert_eq!(
            (&*span.name, &span.span_kind),
            ("ordered", &SpanKind::Consumer)
        );
        assert_eq!(span.parent_span_id.to_string(), PARENT);
        assert!(said(span).contains(&record.to_owned()), "{span:?}");
    }
    assert_eq!(
        (&done.status, &failed.status),
        (&Status::Unset, &Status::error(""))
    );
    assert!(
        said(failed).contains(&"error.type=CONFLICT".to_owned()),
        "{failed:?}"
    );
    assert!(!format!("{spans:?}").contains("canary"), "{spans:?}");
}

#[derive(Debug)]
struct Panicking;

impl opentelemetry_sdk::trace::SpanExporter for Panicking {
    async fn export(&self, _: Vec<SpanData>) -> opentelemetry_sdk::error::OTelSdkResult {
        panic!("an exporter that panics");
    }
}

/// Also where the handler has panicked itself, and its span ends on the way of that.
#[tokio::test]
async fn an_exporter_that_panics_changes_no_answer() {
    #[tracing::instrument]
    async fn broken() {
        panic!("a handler that panics");
    }

    #[povery::route(GET, "/broken", crate = crate)]
    async fn breaks() {
        broken().await;
    }

    let provider = SdkTracerProvider::builder().with_simple_exporter(Panicking);
    let app = App::new()
        .routes(povery::routes![user, breaks])
        .opentelemetry(provider.build());
    let layer = app
        .inner
        .telemetry
        .clone()
        .unwrap()
        .layer(redact::names(), Targets::new());
    let _listening = crate::log::listen(tracing_subscriber::registry().with(layer));
    let sandbox = Sandbox::unlogged(app);
    for (path, status) in [("/users/7", 200), ("/broken", 500), ("/users/8", 200)] {
        let context = Arc::new(crate::request::LambdaContext::default());
        let observation = Arc::new(Observation::new("r-1".into(), Some(Arc::clone(&context))));
        let event = Bytes::from(url_event(path).to_string());
        let reply = reply(&sandbox, event, context, &observation).await;
        let Reply::Buffered(answer) = reply else {
            panic!("{path} is not answered");
        };
        assert_eq!(answer.status(), status, "{path}");
    }
}
