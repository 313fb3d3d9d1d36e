//! SIGTERM, which Lambda sends to functions with an extension.

use povery_tests::function::RuntimeHost;
use povery_tests::process::Signal;
use serde_json::json;

use super::{BOUND, end, ends_well, get, hooks, probe};

#[tokio::test]
async fn hooks_run_from_the_last_to_the_first_without_any_invocation() {
    let host = RuntimeHost::start(probe("end-first end end-last")).await;
    let seen = host.api().wait_for(|seen| seen.serves && seen.polls > 0);
    let seen = seen.await;
    assert_eq!(
        seen.extensions,
        [("povery-shutdown".to_owned(), json!([]))],
        "registered before the first invocation is asked for"
    );
    ends_well(&host).await;
    assert_eq!(hooks(&host), ["end-last", "end", "end-first"]);
    assert_eq!(seen.polls, host.api().lifecycle().polls, "asked once");
}

#[tokio::test]
async fn a_function_with_nothing_to_do_is_no_extension() {
    for words in ["", "before after"] {
        let host = RuntimeHost::start(probe(words)).await;
        assert_eq!(get(&host, "/left").await.0, 200);
        let seen = host.api().lifecycle();
        assert_eq!((seen.extensions, seen.polls), (vec![], 0));
        host.process().signal(Signal::TERM);
        let ended = end(&host).await;
        assert_eq!(ended.signal, Some(15), "nothing listens");
        assert!(hooks(&host).is_empty());
    }
}

#[tokio::test]
async fn a_hook_that_fails_panics_or_hangs_keeps_none_from_running() {
    let host = RuntimeHost::start(probe("end end-hangs end-panics end-fails")).await;
    assert_eq!(get(&host, "/left").await.0, 200);
    ends_well(&host).await;
    assert_eq!(
        hooks(&host),
        ["end-fails", "end-panics", "end-hangs", "end"]
    );
    let log = host.log();
    for told in [
        "failed: no route to the cache",
        "panicked: the cache is not there",
        "had not ended when its time was up",
    ] {
        assert!(log.contains(told), "no `{told}` in\n{log}");
    }
    assert!(log.contains("lifecycle-probe.rs:"), "{log}");
}

/// Lambda has none under way then; a host that does not wait gets the answer still.
#[tokio::test]
async fn an_invocation_under_way_is_answered_before_the_hooks() {
    for concurrency in ["1", "4"] {
        let function = probe("end").env("AWS_LAMBDA_MAX_CONCURRENCY", concurrency);
        let host = RuntimeHost::start(function).await;
        let (answer, ()) = tokio::join!(get(&host, "/last"), async {
            host.process().wait_for_line("begun", BOUND).await;
            host.process().signal(Signal::TERM);
        });
        assert_eq!(answer, (200, "in time".to_owned()));
        let ended = end(&host).await;
        assert!(ended.success(), "{ended}: {}", host.log());
        assert_eq!(hooks(&host), ["end"]);
    }
}

#[tokio::test]
async fn an_invocation_that_does_not_end_is_given_up() {
    for concurrency in ["1", "4"] {
        let function = probe("end").env("AWS_LAMBDA_MAX_CONCURRENCY", concurrency);
        let host = RuntimeHost::start(function).await;
        let _invocation = host.api().enqueue(never());
        host.process().wait_for_line("begun", BOUND).await;
        ends_well(&host).await;
        assert_eq!(hooks(&host), ["end"]);
    }
}

fn never() -> bytes::Bytes {
    let none = http::HeaderMap::new();
    let method = http::Method::GET;
    let event = povery_tests::event::payload_v2(&method, "/never", "", &none, &bytes::Bytes::new());
    event.to_string().into()
}
