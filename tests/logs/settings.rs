//! What the environment says of the log.

use http::Method;
use povery_tests::function::RuntimeHost;
use serde_json::json;

use super::{BOUND, lines, probe, request};

#[tokio::test]
async fn below_the_level_nothing_is_written_and_above_it_everything_is_said() {
    let host = RuntimeHost::start(
        probe("")
            .env("LOG_LEVEL", "Error")
            .env("AWS_LAMBDA_LOG_LEVEL", "TRACE"),
    )
    .await;
    let (id, ..) = request(&host, Method::GET, "/error").await;
    let lines = lines(&host, "an error").await;
    assert_eq!(lines.len(), 1, "{}", host.log());
    let line = &lines[0];
    assert_eq!(
        (&line["level"], &line["message"]),
        (&json!("ERROR"), &json!("an error"))
    );
    assert_eq!(
        (&line["request_id"], &line["route"]),
        (&json!(id), &json!("/error"))
    );
    assert!(line["trace_id"].is_string(), "{line}");
}

#[tokio::test]
async fn rust_log_goes_before_all() {
    let function = probe("")
        .env("RUST_LOG", "off,logs_probe=warn")
        .env("LOG_LEVEL", "TRACE");
    let host = RuntimeHost::start(function).await;
    request(&host, Method::GET, "/error").await;
    let lines = lines(&host, "an error").await;
    assert_eq!(lines.len(), 2, "{}", host.log());
}

#[tokio::test]
async fn a_level_that_is_none_is_named_and_has_no_effect() {
    let function = probe("")
        .env("LOG_LEVEL", "loud")
        .env("AWS_LAMBDA_LOG_LEVEL", "WARN");
    let host = RuntimeHost::start(function).await;
    request(&host, Method::GET, "/error").await;
    let lines = lines(&host, "an error").await;
    assert_eq!(lines.len(), 3, "{}", host.log());
    assert!(
        lines[0]["message"]
            .as_str()
            .expect("text")
            .starts_with("LOG_LEVEL is none of"),
        "{}",
        lines[0]
    );
}

#[tokio::test]
async fn lambdas_text_is_no_wish_and_ones_own_is() {
    let host = RuntimeHost::start(probe("").env("AWS_LAMBDA_LOG_FORMAT", "Text")).await;
    request(&host, Method::GET, "/error").await;
    lines(&host, "request completed").await;
    let host = RuntimeHost::start(probe("").env("LOG_FORMAT", "text")).await;
    request(&host, Method::GET, "/error").await;
    host.process()
        .wait_for_line("request completed", BOUND)
        .await;
    let log = host.log();
    assert!(
        log.contains(" WARN a warning request_id=") && !log.contains('{'),
        "{log}"
    );
}
