//! A function from its start to its end: snapshots, shutdown, and invocations at once.

mod concurrency;
mod database;
mod events;
mod log;
mod shutdown;
mod snapshot;

use std::time::{Duration, Instant};

use bytes::Bytes;
use http::{HeaderMap, Method};
use povery_tests::event::{decode_v2, payload_v2};
use povery_tests::function::{Function, RuntimeHost};
use povery_tests::process::{Ended, Signal};

/// More than anything here takes on a busy machine.
const BOUND: Duration = Duration::from_secs(30);

/// The probe with those words.
fn probe(words: &str) -> Function {
    Function::new(env!("CARGO_BIN_EXE_lifecycle-probe")).env("PROBE", words)
}

/// The status and the body of a GET.
async fn get(host: &RuntimeHost, path: &str) -> (u16, String) {
    let event = payload_v2(&Method::GET, path, "", &HeaderMap::new(), &Bytes::new());
    let answer = host.invoke(event).await.expect("an answer");
    let answer = decode_v2(&answer).expect("a response");
    let body = String::from_utf8(answer.body.to_vec()).expect("text");
    (answer.status, body)
}

/// How the function ends by itself, while its host goes on.
async fn end(host: &RuntimeHost) -> Ended {
    let since = Instant::now();
    while host.process().ended().is_none() {
        assert!(since.elapsed() < BOUND, "it does not end: {}", host.log());
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    host.process().wait(BOUND).expect("it has ended")
}

/// Tells the function to end, which it does well.
async fn ends_well(host: &RuntimeHost) {
    host.process().signal(Signal::TERM);
    let ended = end(host).await;
    assert!(ended.success(), "it {ended}: {}", host.log());
}

/// The hooks that have run, in order.
fn hooks(host: &RuntimeHost) -> Vec<String> {
    let lines = host.process().lines();
    let hooks = lines.iter().filter_map(|line| line.strip_prefix("hook "));
    hooks.map(str::to_owned).collect()
}
