use std::sync::{Arc, Mutex};

use serde_json::{Value, json};
use tracing::{Instrument, Subscriber};

use super::*;
use crate::observation::{Observation, Subject};
use crate::redact::{names, scan_tests};
use crate::request::LambdaContext;

/// What is written while `log` runs.
fn written(format: Format, log: impl FnOnce()) -> String {
    let memory = Arc::new(Mutex::new(Vec::new()));
    let guard = listen(subscriber(format, &memory));
    log();
    drop(guard);
    let bytes = std::mem::take(&mut *memory.lock().unwrap());
    String::from_utf8(bytes).unwrap()
}

fn subscriber(format: Format, memory: &Arc<Mutex<Vec<u8>>>) -> impl Subscriber {
    let lines = Lines::new(format, names(), Sink::Memory(Arc::clone(memory)));
    tracing_subscriber::registry().with(lines)
}

fn json(log: impl FnOnce()) -> Vec<Value> {
    let text = written(Format::Json, log);
    assert!(text.is_empty() || text.ends_with('\n'), "{text}");
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}")))
        .collect()
}

const TEXT: Format = Format::Text {
    is_coloured: false,
    has_lines: true,
};

#[test]
fn a_line_is_an_object() {
    let lines = json(|| {
        let error = std::io::Error::other("line\nbreak \"quoted\" \u{1b}[31m");
        let error = &error as &(dyn std::error::Error + 'static);
        tracing::info!(text = "a\\b", number = -7, big = u128::MAX, float = 1.5, odd = f64::NAN, yes = true, absent = None::<i32>,
            debug = ?Some("x"), display = %"y", error, "hello {}", "there");
    });
    let line = &lines[0];
    let time = line["timestamp"].as_str().unwrap();
    assert!(
        time.len() == 27 && time.ends_with('Z') && time.as_bytes()[10] == b'T',
        "{time}"
    );
    let mut expected = json!({
        "timestamp": time, "level": "INFO", "message": "hello there", "text": "a\\b", "number": -7, "float": 1.5,
        "odd": "NaN", "yes": true, "debug": "Some(\"x\")", "display": "y", "error": "line\nbreak \"quoted\" \u{1b}[31m",
    });
    expected["big"] = serde_json::from_str(&u128::MAX.to_string()).unwrap();
    assert_eq!(line, &expected);
}

#[test]
fn fields_of_secrets_are_not_written() {
    for format in [Format::Json, TEXT] {
        let text = written(format, || {
            let span = tracing::info_span!(
                "s",
                token = "canary",
                late = tracing::field::Empty,
                apiKey = tracing::field::Empty
            );
            span.record("apiKey", 123_456);
            span.record("late", "password=canary");
            let _entered = span.enter();
            tracing::info!(db_password = "canary", pin = 123_456, secret = ?Some("canary"), cookie = %"canary", body = r#"{"token":"canary"}"#,
                "Authorization: Bearer canary");
        });
        assert!(
            !text.contains("canary") && !text.contains("123456"),
            "{text}"
        );
        assert_eq!(text.matches("[redacted]").count(), 9, "{text}");
    }
}

/// Every text of the tables, as a message, a field, an error and a field of a span.
#[test]
fn the_corpus_leaves_nothing_in_a_line() {
    for text in scan_tests::secrets() {
        for format in [Format::Json, TEXT] {
            let log = written(format, || {
                let span = tracing::info_span!("s", said = text.as_str());
                let _entered = span.enter();
                tracing::error!(field = text.as_str(), debug = ?text, error = %text, "{text}");
                tracing::error!("failed: {text:?}");
            });
            for part in ["canary", "canär", "Y2FuYXJ5"] {
                assert!(!log.contains(part), "{text}\n{log}");
            }
            if format == Format::Json {
                assert_eq!(
                    log.lines()
                        .filter(|line| serde_json::from_str::<Value>(line).is_ok())
                        .count(),
                    2,
                    "{log}"
                );
            }
        }
    }
    for text in scan_tests::benign() {
        let lines = json(|| tracing::info!(field = text.as_str(), "{text}"));
        assert_eq!(
            (&lines[0]["message"], &lines[0]["field"]),
            (&json!(text), &json!(text))
        );
    }
}

#[test]
fn spans_are_flattened_and_what_is_nearer_stands() {
    let lines = json(|| {
        let outer = tracing::info_span!(
            "outer",
            request_id = "outer",
            a = 1,
            route = tracing::field::Empty
        );
        let _outer = outer.enter();
        outer.record("route", "/first");
        outer.record("route", "/last");
        let inner = tracing::info_span!("inner", request_id = "inner", b = 2);
        let _inner = inner.enter();
        tracing::info!(b = 3, "one");
        tracing::info!(request_id = "event", "two");
    });
    let strip = |line: &Value| {
        let mut line = line.as_object().unwrap().clone();
        line.remove("timestamp");
        Value::from(line)
    };
    assert_eq!(
        strip(&lines[0]),
        json!({"level": "INFO", "message": "one", "b": 3, "request_id": "inner", "a": 1, "route": "/last"})
    );
    assert_eq!(
        strip(&lines[1]),
        json!({"level": "INFO", "message": "two", "request_id": "event", "b": 2, "a": 1, "route": "/last"})
    );
}

#[test]
fn a_line_says_what_is_under_way() {
    let lambda = LambdaContext {
        trace_id: Some("Root=1-2-3;Sampled=1".to_owned()),
        ..LambdaContext::default()
    };
    let observation = Arc::new(Observation::new("r-1".into(), Some(Arc::new(lambda))));
    observation.is_for(Subject::Route("/users/<id>".into()));
    let lines = json(|| {
        observation.within(|| tracing::warn!("here"));
        tracing::warn!(route = "/mine", "not there");
    });
    assert_eq!(lines[0]["request_id"], "r-1");
    assert_eq!(lines[0]["trace_id"], "Root=1-2-3;Sampled=1");
    assert_eq!(lines[0]["route"], "/users/<id>");
    assert_eq!(
        (&lines[1]["route"], &lines[1]["request_id"]),
        (&json!("/mine"), &Value::Null)
    );
}

#[tokio::test]
async fn a_line_of_a_task_has_what_its_span_says() {
    let memory = Arc::new(Mutex::new(Vec::new()));
    let _guard = listen(subscriber(Format::Json, &memory));
    let span = tracing::info_span!("request", request_id = "r-1");
    tokio::spawn(async { tracing::info!("in a task") }.instrument(span))
        .await
        .unwrap();
    let text = String::from_utf8(memory.lock().unwrap().clone()).unwrap();
    assert!(text.contains("\"request_id\":\"r-1\""), "{text}");
}

#[test]
fn names_of_the_line_itself_are_kept() {
    let lines = json(|| tracing::info!(level = "mine", timestamp = 7, r#type = "t", "x"));
    assert_eq!(
        (&lines[0]["level"], &lines[0]["fields.level"]),
        (&json!("INFO"), &json!("mine"))
    );
    assert_eq!(
        (&lines[0]["fields.timestamp"], &lines[0]["type"]),
        (&json!(7), &json!("t"))
    );
}

/// Lambda takes each line for an event, and some of them for metrics.
#[test]
fn no_text_makes_a_line_of_its_own() {
    let format = Format::Text {
        is_coloured: false,
        has_lines: false,
    };
    let text = written(format, || {
        let said = "a\n{\"_aws\":{}}\r\nb";
        tracing::info!(field = said, debug = ?said, "first\r{said}");
        tracing::info!({ "odd name\nx" } = 1, "second");
    });
    assert_eq!(text.lines().count(), 2, "{text}");
    assert!(!text.contains('\r'), "{text}");
    assert!(
        text.contains(r#" first\ra\n{"_aws":{}}\r\nb field="#),
        "{text}"
    );
    assert!(text.ends_with(" second \"odd name\\nx\"=1\n"), "{text}");
}

#[test]
fn a_name_is_told_once() {
    let text = written(Format::Json, || {
        let span = tracing::info_span!("s", n = 0, r#type = "span");
        for n in 1..100 {
            span.record("n", n);
        }
        let _entered = span.enter();
        tracing::info!(a = 1, a = 2, yes = true, yes = false, r#type = "event", "x");
    });
    for (part, count) in [
        ("\"a\":1", 1),
        ("\"a\":", 1),
        ("\"yes\":true", 1),
        ("\"yes\":", 1),
        ("\"n\":99", 1),
        ("\"n\":", 1),
        ("\"type\":\"event\"", 1),
        ("\"type\":", 1),
    ] {
        assert_eq!(text.matches(part).count(), count, "{part} in {text}");
    }
}

#[test]
fn a_text_has_an_end() {
    let long = "é".repeat(100_000);
    let lines =
        json(|| tracing::info!(field = long.as_str(), debug = ?long, "{long} token=canary"));
    for name in ["message", "field", "debug"] {
        let text = lines[0][name].as_str().unwrap();
        assert!(text.len() < 66_000, "{name}: {}", text.len());
        assert!(text.ends_with(" bytes left out)"), "{name}");
    }
}

#[test]
fn text_is_for_people() {
    let text = written(TEXT, || {
        tracing::info!(
            request_id = "r-1",
            note = "two words",
            empty = "",
            esc = "\u{1b}[2J",
            "GET /users 200 1.2 ms"
        );
    });
    let (time, rest) = text.split_once(' ').unwrap();
    assert_eq!(time.len(), 27);
    assert_eq!(
        rest,
        " INFO GET /users 200 1.2 ms request_id=r-1 note=\"two words\" empty=\"\" esc=\"\\u{1b}[2J\"\n"
    );
    let text = written(TEXT, || tracing::warn!("one\ntwo\u{1b}[2J"));
    assert!(text.ends_with(" WARN one\n    two\\u{1b}[2J\n"), "{text}");
    let coloured = Format::Text {
        is_coloured: true,
        has_lines: true,
    };
    let text = written(coloured, || tracing::error!("x"));
    assert!(text.contains("\u{1b}[31mERROR\u{1b}[0m x\n"), "{text}");
}

#[test]
fn a_field_may_log_by_itself() {
    struct Talkative;
    impl std::fmt::Debug for Talkative {
        fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            tracing::info!("inner");
            f.write_str("outer")
        }
    }
    // The outer event is under way while the inner one is: `tracing` may leave that out, but neither is broken.
    let lines = json(|| tracing::info!(field = ?Talkative, "x"));
    assert_eq!(lines.last().unwrap()["field"], "outer");
}

/// What a request's span says stands in its observation: to write it down once more would cost as much as the line.
#[tokio::test]
async fn the_span_of_a_request_is_known() {
    use tower::ServiceExt;

    #[derive(Clone, Default)]
    struct Spans(Arc<std::sync::Mutex<Vec<(&'static str, bool)>>>);

    impl<S: tracing::Subscriber> tracing_subscriber::Layer<S> for Spans {
        fn on_new_span(
            &self,
            attributes: &tracing::span::Attributes<'_>,
            _: &tracing::span::Id,
            _: tracing_subscriber::layer::Context<'_, S>,
        ) {
            let metadata = attributes.metadata();
            let span = (metadata.name(), lines::is_ours(metadata));
            self.0.lock().unwrap().push(span);
        }
    }

    let spans = Spans::default();
    let _listening = listen(tracing_subscriber::registry().with(spans.clone()));
    let request = http::Request::new(crate::Body::empty());
    let Ok(_) = crate::App::new().oneshot(request).await;
    assert_eq!(*spans.0.lock().unwrap(), [("request", true)]);
    // A task of its own has it all the same.
    let lines = json(|| {
        let observation = Arc::new(Observation::new("r-1".into(), None));
        let span = || tracing::info_span!(target: crate::observation::SPAN, "request");
        let span = observation.within(span);
        span.in_scope(|| tracing::info!("in a task"));
    });
    assert_eq!(lines[0]["request_id"], "r-1");
}
