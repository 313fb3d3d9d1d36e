//! One invocation after the other, or several at once.

use std::collections::BTreeSet;
use std::time::Duration;

use futures_util::future::join_all;
use povery_tests::function::RuntimeHost;

use super::{BOUND, get, probe};

async fn four() -> RuntimeHost {
    RuntimeHost::start(probe("").env("AWS_LAMBDA_MAX_CONCURRENCY", "4")).await
}

async fn all(host: &RuntimeHost, paths: [&str; 4]) -> Vec<(u16, String)> {
    join_all(paths.map(|path| get(host, path))).await
}

/// Nobody leaves the meeting before all four are there.
#[tokio::test]
async fn as_many_invocations_are_under_way_as_lambda_allows() {
    let host = four().await;
    for _ in 0..3 {
        let answers = all(&host, ["/meet/false"; 4]).await;
        assert_eq!(answers, vec![(200, "met".to_owned()); 4]);
    }
}

#[tokio::test]
async fn a_panic_is_the_500_of_its_own_invocation() {
    let host = four().await;
    let answers = all(
        &host,
        ["/meet/false", "/meet/true", "/meet/false", "/meet/false"],
    )
    .await;
    let statuses: Vec<_> = answers.iter().map(|(status, _)| *status).collect();
    assert_eq!(statuses, [200, 500, 200, 200], "{answers:?}");
    assert!(!answers[1].1.contains("leaves"), "{answers:?}");
    let told = host.process().wait_for_line("leaves the meeting", BOUND);
    told.await;
    // All four workers are still there.
    let answers = all(&host, ["/meet/false"; 4]).await;
    assert_eq!(answers, vec![(200, "met".to_owned()); 4]);
}

#[tokio::test]
async fn plain_lambda_has_one_invocation_at_a_time_on_one_thread() {
    let host = RuntimeHost::start(probe("")).await;
    let answers = join_all((0..20).map(|_| get(&host, "/alone"))).await;
    let different: BTreeSet<_> = answers.into_iter().collect();
    assert_eq!(different.len(), 1, "{different:?}");
    let (status, body) = different.into_iter().next().expect("one");
    assert_eq!((status, body.split(' ').next()), (200, Some("1")));
    let tasks = format!("/proc/{}/task", host.process().pid());
    assert_eq!(std::fs::read_dir(tasks).expect("it runs").count(), 1);
}

#[tokio::test]
async fn what_does_not_end_is_a_504_and_the_next_invocation_is_served() {
    for concurrency in ["1", "4"] {
        let function = probe("")
            .timeout(Duration::from_millis(700))
            .env("AWS_LAMBDA_MAX_CONCURRENCY", concurrency);
        let host = RuntimeHost::start(function).await;
        for _ in 0..2 {
            let (status, body) = get(&host, "/never").await;
            assert_eq!(status, 504, "{body}");
            assert!(body.contains(r#""errorCode":"TIMEOUT""#), "{body}");
        }
        assert_eq!(get(&host, "/left").await.0, 200);
        let log = host.log();
        assert!(!log.contains("concurrency-tokio"), "{log}");
    }
}

#[tokio::test]
async fn the_deadline_is_the_invocations_own() {
    let host = RuntimeHost::start(probe("").timeout(Duration::from_mins(5))).await;
    assert_eq!(get(&host, "/left").await, (200, "Some(300.0)".to_owned()));
}
