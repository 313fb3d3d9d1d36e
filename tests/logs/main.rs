//! What a function writes: its log, without secrets, and its metrics.

mod defects;
mod emf;
mod settings;

use std::collections::HashMap;
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, Method};
use povery_tests::database::users_database;
use povery_tests::event::{decode_v2, payload_v2};
use povery_tests::function::{Function, RuntimeHost};
use secrecy::ExposeSecret;
use serde_json::{Value, json};

/// More than anything here takes on a busy machine.
const BOUND: Duration = Duration::from_secs(30);

/// The probe with those words.
fn probe(words: &str) -> Function {
    Function::new(env!("CARGO_BIN_EXE_logs-probe")).env("PROBE", words)
}

/// The request id, the status and the body of a request.
async fn request(host: &RuntimeHost, method: Method, path: &str) -> (String, u16, String) {
    let event = payload_v2(
        &method,
        path,
        "token=canary",
        &HeaderMap::new(),
        &Bytes::new(),
    );
    let (id, outcome) = host.invoke_bytes(event.to_string().into()).await;
    let answer: Value = serde_json::from_slice(&outcome.expect("an answer")).expect("JSON");
    let answer = decode_v2(&answer).expect("a response");
    let body = String::from_utf8(answer.body.to_vec()).expect("text");
    (id, answer.status, body)
}

/// Every line of the log, each of which is an object. What was written before an answer may be read a moment after it.
async fn lines(host: &RuntimeHost, last: &str) -> Vec<Value> {
    host.process().wait_for_line(last, BOUND).await;
    let lines = host.process().lines();
    let object = |line: &String| match serde_json::from_str(line) {
        Ok(object @ Value::Object(_)) => object,
        _ => panic!("no object: {line}"),
    };
    lines.iter().map(object).collect()
}

/// The lines with which requests and invocations end.
fn ends(lines: &[Value]) -> Vec<&Value> {
    let is_end = |line: &&Value| line["latency_ms"].is_number();
    lines.iter().filter(is_end).collect()
}

#[tokio::test]
async fn each_request_is_one_line_with_everything_on_it() {
    let host = RuntimeHost::start(probe("")).await;
    let mut asked = HashMap::new();
    for (method, path, status, route, level) in [
        (
            Method::GET,
            "/traces/7",
            200,
            Some("/traces/<number>"),
            "INFO",
        ),
        (
            Method::GET,
            "/traces/x",
            400,
            Some("/traces/<number>"),
            "INFO",
        ),
        (Method::GET, "/nowhere", 404, None, "INFO"),
        (Method::PUT, "/panic", 405, None, "INFO"),
        (Method::GET, "/a/../b", 400, None, "INFO"),
        (Method::GET, "/panic", 500, Some("/panic"), "ERROR"),
        (Method::GET, "/stream", 200, Some("/stream"), "INFO"),
    ] {
        let (id, answered, body) = request(&host, method.clone(), path).await;
        assert_eq!(answered, status, "{path}: {body}");
        asked.insert(id, (method, path, status, route, level, body));
    }
    let (last, ..) = request(&host, Method::GET, "/traces/8").await;
    let lines = lines(&host, &last).await;
    let ends = ends(&lines);
    assert_eq!(ends.len(), asked.len() + 1, "{}", host.log());
    for (at, end) in ends.iter().enumerate() {
        let time = end["timestamp"].as_str().expect("a time");
        assert!(time.ends_with('Z') && time.len() == 27, "{end}");
        assert_eq!(end["cold_start"], at == 0, "{end}");
        let latency = end["latency_ms"].as_f64().expect("a latency");
        assert!(latency > 0.0 && latency < 30_000.0, "{end}");
        let remaining = end["remaining_ms"].as_u64().expect("a rest");
        assert!(remaining > 10_000 && remaining <= 30_000, "{end}");
        let trace = end["trace_id"].as_str().expect("a trace");
        assert!(
            trace.starts_with("Root=1-") && trace.ends_with(";Sampled=0"),
            "{end}"
        );
        let Some((method, path, status, route, level, body)) =
            asked.get(end["request_id"].as_str().expect("an id"))
        else {
            continue;
        };
        let refused_early = *path == "/a/../b";
        assert_eq!(
            (&end["status"], &end["level"]),
            (&json!(status), &json!(level)),
            "{end}"
        );
        assert_eq!(end["route"].as_str(), *route, "{end}");
        if !refused_early {
            assert_eq!(
                (&end["method"], &end["path"]),
                (&json!(method.as_str()), &json!(path)),
                "{end}"
            );
        }
        if *status == 200 && *path == "/traces/7" {
            assert_eq!(trace, body, "as it was given");
        }
    }
    // Lines of handlers and streams belong to their requests.
    for (message, path) in [("at work", "/traces/<number>"), ("a chunk", "/stream")] {
        let line = lines.iter().find(|line| line["message"] == message);
        let line = line.unwrap_or_else(|| panic!("no {message}: {}", host.log()));
        assert!(
            line["request_id"].is_string() && line["trace_id"].is_string(),
            "{line}"
        );
        assert_eq!(line["route"], path, "{line}");
    }
    let panic = lines.iter().find(|line| {
        line["message"]
            .as_str()
            .is_some_and(|text| text.starts_with("panicked at "))
    });
    let panic = panic.unwrap_or_else(|| panic!("no panic: {}", host.log()));
    assert_eq!(
        (&panic["level"], &panic["route"]),
        (&json!("ERROR"), &json!("/panic"))
    );
    assert!(
        panic["message"]
            .as_str()
            .expect("text")
            .contains("logs-probe.rs:"),
        "{panic}"
    );
    assert!(!host.log().contains("canary"), "{}", host.log());
}

#[tokio::test]
async fn what_is_captured_under_the_name_of_a_secret_is_not_in_the_path() {
    let host = RuntimeHost::start(probe("")).await;
    for (path, status) in [("/resets/canary", 204), ("/resets/canary%2Dcanary", 500)] {
        assert_eq!(request(&host, Method::GET, path).await.1, status);
    }
    for (method, path, status) in [
        (Method::POST, "/resets/canary", 405),
        (Method::OPTIONS, "/resets/canary", 204),
        (Method::GET, "/resets/a%2Fcanary", 400),
        (Method::GET, "/resets/canary/", 404),
    ] {
        assert_eq!(request(&host, method, path).await.1, status, "{path}");
    }
    let (last, ..) = request(&host, Method::GET, "/traces/8").await;
    let lines = lines(&host, &last).await;
    for (at, end) in ends(&lines)[..6].iter().enumerate() {
        assert_eq!(end["path"], "/resets/[redacted]", "{end}");
        assert_eq!(end["route"].is_string(), at < 2, "{end}");
    }
    assert!(!host.log().contains("canary"), "{}", host.log());
}

#[tokio::test]
async fn a_long_path_is_cut_on_the_line_of_a_failure_too() {
    let host = RuntimeHost::start(probe("")).await;
    let rest = "x".repeat(3_000);
    let (id, status, _) = request(&host, Method::GET, &format!("/long/{rest}")).await;
    assert_eq!(status, 500);
    let lines = lines(&host, &id).await;
    let ends = ends(&lines);
    let path = ends[0]["path"].as_str().expect("a path");
    assert!(
        path.starts_with("/long/xxx") && path.len() < 2_100 && path.ends_with("bytes left out)"),
        "{path}"
    );
}

#[tokio::test]
async fn a_failure_that_is_answered_otherwise_has_a_second_line() {
    let host = RuntimeHost::start(probe("")).await;
    let (id, status, _) = request(&host, Method::GET, "/mended").await;
    assert_eq!(status, 202);
    let lines = lines(&host, "request completed").await;
    let said = |line: &&Value| (line["level"].clone(), line["status"].clone());
    let of_it = lines.iter().filter(|line| line["request_id"] == id);
    let said: Vec<_> = of_it
        .filter(|line| !line["status"].is_null())
        .map(|line| said(&line))
        .collect();
    assert_eq!(
        said,
        [(json!("ERROR"), json!(500)), (json!("INFO"), json!(202))]
    );
}

#[tokio::test]
async fn actions_and_events_have_a_line_too() {
    let host = RuntimeHost::start(probe("events metrics")).await;
    let record = |(at, body): (usize, &&str)| {
        json!({
            "messageId": at.to_string(), "body": body, "attributes": {}, "messageAttributes": {},
            "eventSource": "aws:sqs", "awsRegion": "us-east-1",
            "eventSourceARN": "arn:aws:sqs:us-east-1:123456789012:orders",
        })
    };
    let bodies = ["false", "true", "false"];
    let records: Vec<_> = bodies.iter().enumerate().map(record).collect();
    let messages = json!({"Records": records});
    let mut ids = Vec::new();
    for (event, is_done) in [
        (json!({"action": "act", "payload": false}), true),
        (json!({"action": "act", "payload": true}), false),
        (messages, true),
        (json!({"action": "nothing"}), false),
    ] {
        let (id, outcome) = host.invoke_bytes(event.to_string().into()).await;
        assert_eq!(outcome.is_ok(), is_done, "{event}: {outcome:?}");
        ids.push(id);
    }
    let (last, ..) = request(&host, Method::GET, "/traces/8").await;
    let lines = lines(&host, &last).await;
    let ends = ends(&lines);
    assert_eq!(ends.len(), 5, "{}", host.log());
    let told: Vec<_> = ends
        .iter()
        .map(|end| {
            (
                end["level"].as_str(),
                end["handler"].as_str(),
                end["outcome"].as_str(),
                end["code"].as_str(),
            )
        })
        .collect();
    assert_eq!(
        told[..4],
        [
            (Some("INFO"), Some("act"), Some("done"), None),
            (Some("ERROR"), Some("act"), None, Some("INTERNAL")),
            (Some("INFO"), Some("on_message"), Some("done"), None),
            (Some("ERROR"), None, None, None),
        ],
        "{}",
        host.log()
    );
    for (end, id) in ends.iter().zip(&ids) {
        assert_eq!(end["request_id"], **id, "{end}");
    }
    // A record that fails is a line of its own.
    let record = lines
        .iter()
        .find(|line| line["record"] == "1" && line["level"] == "ERROR");
    assert!(
        record.is_some_and(|record| record["handler"] == "on_message"),
        "{}",
        host.log()
    );
    let routes: Vec<_> = emf::documents(&lines)
        .into_iter()
        .map(|document| document["route"].clone())
        .collect();
    assert_eq!(
        routes,
        ["act", "act", "on_message", "(none)", "/traces/<number>"]
    );
    assert!(!host.log().contains("canary"), "{}", host.log());
}

#[tokio::test]
async fn each_invocation_is_a_document_that_cloudwatch_reads() {
    let database = users_database().await;
    let function = probe("metrics pool").env("DATABASE_URL", database.url().expose_secret());
    let host = RuntimeHost::start(function).await;
    let mut ids = Vec::new();
    for (method, path) in [
        (Method::GET, "/traces/7"),
        (Method::POST, "/orders"),
        (Method::GET, "/nowhere/1"),
        (Method::GET, "/panic"),
        (Method::GET, "/pool"),
        (Method::GET, "/nowhere/2"),
    ] {
        ids.push(request(&host, method, path).await.0);
    }
    host.process()
        .wait_for_line(&format!("\"request_id\":\"{}\"", ids[5]), BOUND)
        .await;
    let lines = lines(&host, "(none)").await;
    let documents = emf::documents(&lines);
    assert_eq!(documents.len(), ids.len(), "{}", host.log());
    for document in &documents {
        emf::validate(document);
        assert_eq!(document["service"], "logs-probe");
        assert_eq!(document["Requests"], 1);
    }
    let told: Vec<_> = documents
        .iter()
        .map(|document| {
            json!([
                document["route"],
                document["ClientErrors"],
                document["ServerErrors"],
                document["ColdStarts"]
            ])
        })
        .collect();
    assert_eq!(
        told,
        [
            json!(["/traces/<number>", 0, 0, 1]),
            json!(["/orders", 0, 0, 0]),
            json!(["(none)", 1, 0, 0]),
            json!(["/panic", 0, 1, 0]),
            json!(["/pool", 0, 0, 0]),
            json!(["(none)", 1, 0, 0]),
        ]
    );
    for (document, id) in documents.iter().zip(&ids) {
        assert_eq!(document["request_id"], **id, "{document}");
    }
    assert_eq!(
        (&documents[1]["Orders"], &documents[1]["Size"]),
        (&json!(1), &json!([12, 13.5]))
    );
    // The connection was made before the first invocation, and is told once.
    assert_eq!(documents[0]["PoolConnects"], 1, "{}", host.log());
    assert!(
        documents[1..]
            .iter()
            .all(|document| document.get("PoolConnects").is_none()),
        "{}",
        host.log()
    );
    let left_out = lines.iter().filter(|line| {
        line["message"]
            .as_str()
            .is_some_and(|text| text.starts_with("a metric is left out"))
    });
    assert_eq!(left_out.count(), 2, "{}", host.log());
}

/// As under `cargo lambda watch`, which shows itself what was invoked.
#[tokio::test]
async fn a_local_run_has_neither_the_lines_nor_the_metrics() {
    let local = probe("metrics")
        .env("LAMBDA_TASK_ROOT", "")
        .env("AWS_LAMBDA_INITIALIZATION_TYPE", "");
    let host = RuntimeHost::start(local).await;
    request(&host, Method::GET, "/nowhere").await;
    request(&host, Method::GET, "/error").await;
    host.process().wait_for_line("an error", BOUND).await;
    let lines = host.process().lines();
    assert_eq!(lines.len(), 2, "{lines:?}");
    assert!(
        lines[0].contains(" WARN a warning ") && lines[0].contains(" route=/error"),
        "{lines:?}"
    );
}

#[tokio::test]
async fn provisioned_sandboxes_are_never_cold() {
    let warm = probe("").env("AWS_LAMBDA_INITIALIZATION_TYPE", "provisioned-concurrency");
    let host = RuntimeHost::start(warm).await;
    let (id, ..) = request(&host, Method::GET, "/nowhere").await;
    let lines = lines(&host, &id).await;
    assert_eq!(ends(&lines)[0]["cold_start"], false, "{}", host.log());
}
