//! Which answers are given again, and what becomes of the writes behind them.

use std::sync::atomic::Ordering;
use std::time::Duration;

use povery::{Deadline, PoolMode};

use crate::shop::{Manner, Shop, an_order, error, same};

#[tokio::test]
async fn a_refusal_is_given_again_and_its_writes_are_undone() {
    let shop = Shop::open().await;
    for (path, code) in [("/refuse", "TOO_LATE"), ("/violate", "CONFLICT")] {
        let before = shop.calls.so_far();
        let first = shop.post(path, "k").send().await;
        assert_eq!(error(&first), (409, code.to_owned()));
        same(&first, &shop.post(path, "k").send().await);
        assert_eq!(shop.calls.so_far(), before + 1, "{path}");
    }
    assert!(shop.effects().await.is_empty());
    assert_eq!(shop.records().await, 2);
}

#[tokio::test]
async fn a_failure_is_not_kept_and_the_next_try_runs() {
    let shop = Shop::open().await;
    for (path, failure, success) in [
        ("/fail", 502, 202),
        ("/later", 429, 200),
        ("/panics", 500, 200),
    ] {
        shop.calls.failing.store(2, Ordering::SeqCst);
        for expected in [failure, failure, success] {
            let answer = shop.post(path, "k").send().await;
            assert_eq!(answer.status().as_u16(), expected, "{path}");
            assert_eq!(answer.header("idempotency-replayed"), None);
        }
        let again = shop.post(path, "k").send().await;
        assert_eq!(again.status().as_u16(), success, "{path}");
        assert_eq!(again.header("idempotency-replayed"), Some("true"));
    }
    assert_eq!(shop.effects().await, ["failing", "later", "panicking"]);
}

#[tokio::test]
async fn a_handler_that_takes_too_long_has_done_nothing() {
    let shop = Shop::open().await;
    // The connection is there, so that the time is the handler's.
    assert_eq!(shop.client.post("/hang").send().await.status(), 200);
    shop.calls.failing.store(1, Ordering::SeqCst);
    let soon = Deadline::after(Duration::from_millis(1_500));
    let late = shop.post("/hang", "k").deadline(soon).send().await;
    assert_eq!((late.status().as_u16(), shop.records().await), (504, 0));
    let next = shop.post("/hang", "k").send().await;
    assert_eq!(next.status(), 200);
    same(&next, &shop.post("/hang", "k").send().await);
    assert_eq!(shop.effects().await, ["hanging", "hanging"]);
}

/// What the handler hides is no success: as on any other route, nothing is stored.
#[tokio::test]
async fn a_failed_transaction_is_no_success() {
    let shop = Shop::open().await;
    for _ in 0..2 {
        let answer = shop.post("/hide", "k").send().await;
        assert_eq!(error(&answer), (500, "INTERNAL".to_owned()));
    }
    assert_eq!((shop.effects().await.len(), shop.records().await), (0, 0));
}

#[tokio::test]
async fn savepoints_of_the_handler_are_its_own() {
    let shop = Shop::open().await;
    for path in ["/nest", "/leave"] {
        let refused = format!("{path}?refused=true");
        let first = shop.post(&refused, "k-1").send().await;
        assert_eq!(first.status(), 409);
        same(&first, &shop.post(&refused, "k-1").send().await);
        let done = format!("{path}?refused=false");
        let first = shop.post(&done, "k-2").send().await;
        assert_eq!(first.status(), 200);
        same(&first, &shop.post(&done, "k-2").send().await);
    }
    assert_eq!(shop.effects().await, ["kept", "nested", "outside"]);
}

#[tokio::test]
async fn a_stream_is_answered_once_it_is_stored() {
    let shop = Shop::open().await;
    let first = shop.post("/stream", "k").send().await;
    assert_eq!((first.status().as_u16(), first.text()), (200, "number 1"));
    same(&first, &shop.post("/stream", "k").send().await);
    let unkeyed = shop.client.post("/stream").send().await;
    assert_eq!(unkeyed.text(), "number 2");
}

#[tokio::test]
async fn an_answer_that_cannot_be_stored_is_none() {
    let shop = Shop::open().await;
    let most = shop.post("/large?bytes=1048576", "k-1").send().await;
    assert_eq!(
        (most.status().as_u16(), most.bytes().len()),
        (200, 1_048_576)
    );
    same(
        &most,
        &shop.post("/large?bytes=1048576", "k-1").send().await,
    );
    let more = shop.post("/large?bytes=1048577", "k-2").send().await;
    assert_eq!(error(&more), (500, "INTERNAL".to_owned()));
    assert_eq!(shop.effects().await, ["large"]);
}

#[tokio::test]
async fn every_isolation_level_and_a_pool_of_shared_sessions() {
    let shop = Shop::open().await;
    let first = shop
        .post("/serializable", "k")
        .json(&an_order("pen"))
        .send()
        .await;
    assert_eq!(first.status(), 200);
    same(
        &first,
        &shop
            .post("/serializable", "k")
            .json(&an_order("pen"))
            .send()
            .await,
    );
    assert_eq!(shop.effects().await, ["pen"]);

    let shop = Shop::with(Manner {
        mode: PoolMode::Proxy,
        ..Manner::default()
    })
    .await;
    let first = shop.order("k", "pen").await;
    assert_eq!(first.status(), 201);
    same(&first, &shop.order("k", "pen").await);
    let refused = shop.post("/refuse", "k").send().await;
    same(&refused, &shop.post("/refuse", "k").send().await);
    assert_eq!(shop.effects().await, ["pen"]);
}
