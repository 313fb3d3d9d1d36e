//! Spans on their way out of a function, which is frozen between its invocations.

use std::time::{Duration, Instant};

use bytes::Bytes;
use http::{HeaderMap, Method};
use povery_tests::event::payload_v2;
use povery_tests::function::{Function, RuntimeHost};
use povery_tests::process::Signal;

/// More than anything here takes on a busy machine.
const BOUND: Duration = Duration::from_secs(30);

const TRACE: &str = "5759e988bd862e3fe1be46a994272793";
const HEADER: &str = "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1";

/// The function, whose invocations have a trace.
async fn started(manner: &str, level: &str) -> RuntimeHost {
    let function = Function::new(env!("CARGO_BIN_EXE_telemetry-probe"));
    let function = function.env("PROBE", manner).env("LOG_LEVEL", level);
    let host = RuntimeHost::start(function).await;
    host.api().set_trace(Some(HEADER.to_owned()));
    host
}

async fn get(host: &RuntimeHost, path: &str) {
    let event = payload_v2(&Method::GET, path, "", &HeaderMap::new(), &Bytes::new());
    host.invoke(event).await.expect("an answer");
}

/// The lines that are the probe's own.
fn said(host: &RuntimeHost) -> Vec<String> {
    let mut lines = host.process().lines();
    lines.retain(|line| !line.starts_with('{'));
    lines
}

/// Also where the log has no line of a request.
#[tokio::test]
async fn spans_are_sent_before_the_next_invocation() {
    for level in ["INFO", "ERROR"] {
        let host = started("slow", level).await;
        tokio::join!(get(&host, "/work/1"), get(&host, "/work/2"));
        let span = format!("span GET /work/<number> {TRACE}");
        let done = async {
            while said(&host).len() < 4 {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        let done = tokio::time::timeout(BOUND, done).await;
        assert!(done.is_ok(), "{}", host.log());
        let lines = said(&host);
        assert!(lines[0].starts_with("at work"), "{lines:?}");
        assert!(lines[2].starts_with("at work"), "{lines:?}");
        assert_eq!([&lines[1], &lines[3]], [&span, &span], "{lines:?}");
    }
}

#[tokio::test]
async fn what_cannot_be_sent_is_a_warning_and_no_failure() {
    let host = started("fails", "INFO").await;
    for path in ["/work/1", "/work/2"] {
        get(&host, path).await;
    }
    // The second one is told behind its answer, before the third begins.
    get(&host, "/work/3").await;
    host.process().wait_for_line("at work 3", BOUND).await;
    let log = host.log();
    let warnings = log.lines().filter(|line| line.contains("no collector"));
    let warnings: Vec<_> = warnings.filter(|line| line.contains("WARN")).collect();
    assert!((2..=3).contains(&warnings.len()), "{log}");
    assert!(warnings[0].contains("request_id"), "{log}");
}

/// A collector that hangs costs each invocation its bound, and the end not even that.
#[tokio::test]
async fn a_sender_that_hangs_holds_nothing_up_for_long() {
    let host = started("stuck", "INFO").await;
    let since = Instant::now();
    get(&host, "/work/1").await;
    let first = since.elapsed();
    get(&host, "/work/2").await;
    // The second one waits for the bound of the first.
    let second = since.elapsed();
    assert!(second >= Duration::from_millis(1_900), "{second:?}");
    assert!(second < BOUND / 2, "{first:?} {second:?}");
    let late = "spans could not be sent: the time for it is up";
    host.process().wait_for_line(late, BOUND).await;
    let since = Instant::now();
    host.process().signal(Signal::TERM);
    let ended = host.process().wait(BOUND).expect("it has ended");
    assert!(ended.success(), "it {ended}: {}", host.log());
    assert!(since.elapsed() < BOUND / 6, "{:?}", since.elapsed());
}

#[tokio::test]
async fn the_end_sends_what_is_left() {
    let host = started("prompt", "INFO").await;
    get(&host, "/work/1").await;
    host.process().wait_for_line("span GET", BOUND).await;
    host.process().signal(Signal::TERM);
    let ended = host.process().wait(BOUND).expect("it has ended");
    assert!(ended.success(), "it {ended}: {}", host.log());
    let lines = said(&host);
    let [.., span, last] = &lines[..] else {
        panic!("{lines:?}")
    };
    assert!(span.starts_with("span the end "), "{lines:?}");
    assert_eq!(last, "shut down");
}

#[tokio::test]
async fn a_subscriber_of_its_own_is_told_of() {
    let host = started("own", "INFO").await;
    get(&host, "/work/1").await;
    let warning = "spans go to the provider of `App::opentelemetry` only by a layer";
    host.process().wait_for_line(warning, BOUND).await;
    get(&host, "/work/2").await;
    assert!(!host.log().contains("span GET"), "{}", host.log());
}
