//! Several invocations at once.

use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Method};
use povery_tests::event::payload_v2;
use povery_tests::function::RuntimeHost;
use serde_json::json;

use super::{BOUND, probe};

/// An answer that Lambda does not take holds no worker longer than its invocation.
#[tokio::test]
async fn an_answer_that_is_not_taken_is_given_up() {
    let function = probe()
        .env("AWS_LAMBDA_MAX_CONCURRENCY", "2")
        .timeout(Duration::from_secs(2));
    let host = RuntimeHost::start(function).await;
    let mut headers = HeaderMap::new();
    headers.insert("content-type", HeaderValue::from_static("application/json"));
    // More than stands in the buffers on the way.
    let body = Bytes::from(json!("a".repeat(900_000)).to_string());
    let event = payload_v2(&Method::POST, "/anything", "", &headers, &body);
    let mut untaken = Vec::new();
    for _ in 0..2 {
        let (id, response) = host.invoke_streamed(event.clone()).await;
        untaken.push((id, response.expect("an answer that begins")));
    }
    let told = "the response was not taken before the invocation ends";
    host.process().wait_for_line(told, BOUND).await;
    let sum = json!({"action": "sum", "payload": {"numbers": [1, 2]}});
    assert_eq!(host.invoke(sum).await.expect("the sum"), 3);
}
