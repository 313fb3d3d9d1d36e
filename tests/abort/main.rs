//! A function that ends at its first panic meets everything that could cause one: the hostile corpus,
//! the events of the gateways, and the corpus of the fuzz targets.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use bytes::Bytes;
use povery_tests::function::{Function, RuntimeHost};
use povery_tests::process::Guarded;
use povery_tests::workspace;
use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Value, json};

/// The dependencies and the specimen, on a small machine.
const BUILD_BOUND: Duration = Duration::from_mins(15);

/// More than Lambda lets anyone send.
const LARGE: usize = 6_000_000;

/// An event as bytes, and where it is from.
type Event = (String, Bytes);

/// The specimen, built with `panic = "abort"`.
fn specimen() -> PathBuf {
    let mut cargo = workspace::cargo();
    let target = workspace::target_dir();
    cargo.args([
        "build",
        "--locked",
        "-p",
        "povery-tests-specimen",
        "--profile",
        "abort",
    ]);
    cargo.arg("--target-dir").arg(&target);
    let building = Guarded::spawn("cargo build", cargo);
    let ended = building.wait(BUILD_BOUND);
    assert!(
        ended.is_ok_and(|ended| ended.success()),
        "{}",
        building.log()
    );
    target.join("abort").join("povery-tests-specimen")
}

fn files(directory: &Path) -> Vec<(String, Vec<u8>)> {
    let entries =
        fs::read_dir(directory).unwrap_or_else(|error| panic!("{}: {error}", directory.display()));
    let mut paths: Vec<_> = entries
        .map(|entry| entry.expect("an entry").path())
        .collect();
    paths.sort();
    let read = |path: PathBuf| {
        let bytes = fs::read(&path).expect("a file");
        (path.display().to_string(), bytes)
    };
    paths.into_iter().map(read).collect()
}

/// The nasty events: one a file, or one a line of a file `.lines`.
fn hostile() -> Vec<Event> {
    let mut events = Vec::new();
    for (name, bytes) in files(&workspace::root().join("tests/fuzz/hostile")) {
        if name.ends_with(".lines") {
            let lines = bytes.split(|byte| *byte == b'\n').enumerate();
            events.extend(
                lines.map(|(line, event)| (format!("{name}:{}", line + 1), event.to_vec().into())),
            );
        } else {
            events.push((name, bytes.into()));
        }
    }
    events
}

/// What would be large in a repository.
fn large() -> Vec<Event> {
    let with_body = |path: &str, media_type: &str, body: String| {
        json!({
            "version": "2.0", "rawPath": path, "rawQueryString": "", "body": body,
            "headers": {"content-type": media_type},
            "requestContext": {"stage": "$default", "http": {"method": "POST"}},
        })
    };
    let base64 = |body: String| {
        let mut event = with_body("/bytes", "application/json", body);
        event["isBase64Encoded"] = true.into();
        event
    };
    let under_the_limit = 1_000_000;
    let item = r#"{"sku":1,"count":"x"},"#;
    let texts = [
        ("megabytes of [", "[".repeat(LARGE)),
        ("megabytes of objects", r#"{"a":"#.repeat(LARGE / 5)),
        ("megabytes of a string", format!("\"{}", "a".repeat(LARGE))),
        ("a long number", "9".repeat(LARGE)),
        (
            "a deep context",
            format!(r#"{{"requestContext":{}"#, "[".repeat(LARGE)),
        ),
        (
            "many keys",
            format!(
                r#"{{"requestContext":{{"http":{{"method":"GET"}}}},{}"a":1}}"#,
                r#""a":1,"#.repeat(LARGE / 6)
            ),
        ),
        (
            "many headers",
            format!(
                r#"{{"version":"2.0","rawPath":"/","headers":{{{}"a":"b"}},"requestContext":{{"http":{{"method":"GET"}}}}}}"#,
                (0..90_000)
                    .map(|n| format!(r#""x-{n}":"y","#))
                    .collect::<String>()
            ),
        ),
        (
            "a long path",
            format!(
                r#"{{"version":"2.0","rawPath":"{}","requestContext":{{"http":{{"method":"GET"}}}}}}"#,
                "/a".repeat(LARGE / 2)
            ),
        ),
        (
            "a long query",
            format!(
                r#"{{"version":"2.0","rawPath":"/search","rawQueryString":"{}","requestContext":{{"http":{{"method":"GET"}}}}}}"#,
                "q=&".repeat(20_000)
            ),
        ),
    ];
    let events = [
        (
            "a body over the limit",
            with_body("/bytes", "text/plain", "a".repeat(5_000_000)),
        ),
        ("base64 over the limit", base64("A".repeat(5_000_000))),
        (
            "broken base64 below the limit",
            base64("=".repeat(under_the_limit)),
        ),
        (
            "a deep order",
            with_body("/orders", "application/json", "[".repeat(under_the_limit)),
        ),
        (
            "an order of faults",
            with_body(
                "/orders",
                "application/json",
                format!(
                    r#"{{"lines":[{}null]}}"#,
                    item.repeat(under_the_limit / item.len())
                ),
            ),
        ),
        (
            "a form of one key",
            with_body(
                "/contacts",
                "application/x-www-form-urlencoded",
                "age=1&".repeat(under_the_limit / 6),
            ),
        ),
        (
            "a form of escapes",
            with_body(
                "/contacts",
                "application/x-www-form-urlencoded",
                "%".repeat(under_the_limit),
            ),
        ),
        (
            "a multipart of dashes",
            with_body(
                "/multipart",
                "multipart/form-data; boundary=b",
                "--b\r\n".repeat(under_the_limit / 5),
            ),
        ),
    ];
    let texts = texts
        .into_iter()
        .map(|(name, text)| (name.to_owned(), text.into()));
    let events = events
        .into_iter()
        .map(|(name, event)| (name.to_owned(), event.to_string().into()));
    texts.chain(events).collect()
}

/// The events of the gateways.
fn fixtures() -> Vec<Event> {
    #[derive(Deserialize)]
    struct Case {
        event: Option<Box<RawValue>>,
        text: Option<String>,
    }
    let origins = [
        "rest",
        "http_api",
        "http_api_v1",
        "function_url",
        "alb",
        "alb_multi",
        "lattice",
        "unknown",
    ];
    let directories = origins.map(|origin| workspace::root().join("tests/events").join(origin));
    let cases = directories.iter().flat_map(|directory| files(directory));
    let events = cases.map(|(name, bytes)| {
        let case: Case = serde_json::from_slice(&bytes).expect("a case");
        let event = case.event.map(|event| event.get().to_owned());
        (name, event.or(case.text).unwrap_or_default().into())
    });
    events.collect()
}

/// The corpus of the fuzz targets: events, and what becomes a part of one.
fn corpus() -> Vec<Event> {
    let directory = |target| workspace::root().join("tests/fuzz/corpus").join(target);
    let whole = files(&directory("event")).into_iter();
    let mut events: Vec<_> = whole.map(|(name, bytes)| (name, bytes.into())).collect();
    for target in ["path", "query", "body", "response"] {
        let files = files(&directory(target));
        assert!(files.len() > 20, "{target} has a corpus of {}", files.len());
        for (name, bytes) in files {
            let text = String::from_utf8_lossy(&bytes);
            let event = |path: &str, query: &str, media_type: &str, body: &str| {
                let event = json!({
                    "version": "2.0", "rawPath": path, "rawQueryString": query, "body": body,
                    "headers": {"content-type": media_type},
                    "requestContext": {"stage": "$default", "http": {"method": "POST"}},
                });
                (name.clone(), event.to_string().into())
            };
            events.extend([
                event(&text, "", "", ""),
                event("/orders", &text, "application/json", &text),
                event("/contacts", "", "application/x-www-form-urlencoded", &text),
                event("/multipart", "", "multipart/form-data; boundary=b", &text),
            ]);
        }
    }
    events
}

/// The answer to an ordinary request.
async fn is_alive(function: &RuntimeHost) -> bool {
    let event = json!({
        "version": "2.0", "rawPath": "/",
        "requestContext": {"stage": "$default", "http": {"method": "GET"}},
    });
    let answer = function.invoke(event).await;
    answer.is_ok_and(|answer| {
        (&answer["statusCode"], &answer["body"]) == (&json!(200), &json!("a panic aborts"))
    })
}

#[tokio::test]
async fn no_event_ends_a_function_that_aborts_at_a_panic() {
    let function = RuntimeHost::start(Function::new(specimen()).env("RUST_LOG", "off")).await;
    assert!(is_alive(&function).await);
    let pid = function.process().pid();

    let events = [hostile(), large(), fixtures(), corpus()].concat();
    assert!(events.len() > 3_000, "{} events are too few", events.len());
    let (mut answered, mut refused) = (0, 0);
    for (name, event) in events {
        // Where the function ends, this panics with what it said; the name is for that.
        println!("{name}");
        let (_, outcome) = function.invoke_bytes(event).await;
        match outcome {
            Ok(answer) => {
                let answer: Value = serde_json::from_slice(&answer).expect("an answer is JSON");
                let status = answer["statusCode"].as_u64();
                assert!(
                    status.is_some_and(|status| status < 500),
                    "{name}: {answer}"
                );
                answered += 1;
            }
            Err(error) => {
                assert!(error.error_type.starts_with("Povery."), "{name}: {error}");
                refused += 1;
            }
        }
    }
    assert!(
        answered > 2_000 && refused > 300,
        "{answered} answers, {refused} errors"
    );
    assert!(is_alive(&function).await);
    assert_eq!(
        (function.process().pid(), function.process().ended()),
        (pid, None)
    );
}
