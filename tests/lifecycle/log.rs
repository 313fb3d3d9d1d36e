//! What a function writes while it serves.

use bytes::Bytes;
use http::{HeaderMap, Method};
use povery_tests::event::payload_v2;
use povery_tests::function::RuntimeHost;

use super::{BOUND, probe};

#[tokio::test]
async fn at_no_level_is_an_event_in_the_log() {
    let host = RuntimeHost::start(probe("").env("RUST_LOG", "trace")).await;
    let mut headers = HeaderMap::new();
    headers.insert("authorization", "Bearer canary-1".parse().expect("a value"));
    headers.insert("cookie", "session=canary-2".parse().expect("a value"));
    let body = Bytes::from_static(b"canary-3");
    let event = payload_v2(&Method::GET, "/left", "q=canary-4", &headers, &body);
    host.invoke(event).await.expect("an answer");
    // It is asked for everything; what it says last is read a moment after the answer.
    host.process().wait_for_line("TRACE", BOUND).await;
    host.kill();
    let log = host.log();
    assert!(!log.contains("canary"), "{log}");
}
