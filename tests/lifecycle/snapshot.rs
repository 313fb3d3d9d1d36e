//! SnapStart: initialised, stored, restored.

use povery_tests::function::{Function, RuntimeHost};

use super::{BOUND, end, ends_well, get, hooks, probe};

fn snapstart(words: &str) -> Function {
    probe(words).env("AWS_LAMBDA_INITIALIZATION_TYPE", "snap-start")
}

#[tokio::test]
async fn hooks_run_around_the_snapshot_in_their_order() {
    for concurrency in ["1", "4"] {
        let words = "before-first before-second after-first after-second end";
        let function = snapstart(words).env("AWS_LAMBDA_MAX_CONCURRENCY", concurrency);
        let host = RuntimeHost::start(function).await;
        let seen = host.api().wait_for(|seen| seen.waits && seen.polls > 0);
        assert!(!seen.await.serves);
        host.process().wait_for_line("before-first", BOUND).await;
        assert_eq!(hooks(&host), ["before-second", "before-first"]);

        host.api().restore();
        assert_eq!(get(&host, "/left").await.0, 200);
        host.process().wait_for_line("after-second", BOUND).await;
        assert_eq!(
            hooks(&host)[2..],
            ["after-first".to_owned(), "after-second".to_owned()]
        );
        // The connection on which the extension waited did not survive; it asks again.
        let seen = host.api().wait_for(|seen| seen.polls > 1).await;
        assert_eq!(seen.extensions.len(), 1);
        ends_well(&host).await;
        assert_eq!(hooks(&host)[4..], ["end".to_owned()]);
    }
}

#[tokio::test]
async fn a_failure_before_the_snapshot_is_one_of_the_initialisation() {
    for (words, told) in [
        ("before before-fails", "failed: no route to the cache"),
        ("before before-panics", "panicked: the cache is not there"),
    ] {
        let host = RuntimeHost::start(snapstart(words)).await;
        let ended = end(&host).await;
        assert_eq!(ended.code, Some(1), "{}", host.log());
        let error = host.api().init_error().expect("Lambda is told");
        assert!(
            error.message.starts_with("the hook before the snapshot (")
                && error.message.ends_with(told),
            "{error}"
        );
        assert!(host.log().contains(told), "{}", host.log());
        assert_eq!(hooks(&host).len(), 1, "the other is not begun");
        assert!(!host.api().lifecycle().waits, "there is no snapshot");
    }
}

#[tokio::test]
async fn a_failure_after_the_restore_is_told_as_one() {
    let host = RuntimeHost::start(snapstart("after-fails after end")).await;
    host.api().wait_for(|seen| seen.waits).await;
    host.api().restore();
    let ended = end(&host).await;
    assert_eq!(ended.code, Some(1), "{}", host.log());
    let seen = host.api().lifecycle();
    let error = seen.restore_error.expect("Lambda is told");
    assert!(
        error.message.starts_with("the hook after the restore (")
            && error.message.ends_with("failed: no route to the cache"),
        "{error}"
    );
    assert!(!seen.serves);
    assert_eq!(hooks(&host), ["after-fails", "end"]);
}

/// As Lambda says it without SnapStart.
#[tokio::test]
async fn without_snapstart_no_hook_of_it_runs() {
    let host = RuntimeHost::start(probe("before after")).await;
    assert_eq!(get(&host, "/left").await.0, 200);
    assert!(hooks(&host).is_empty());
    assert!(!host.api().lifecycle().waits);
}
