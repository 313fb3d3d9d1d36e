//! Commits that are lost, or whose answer is: what the keys are for.

use povery_tests::fault_proxy::{AtCommit, Cut, Reply};

use crate::shop::{Shop, error, same};

const UNAVAILABLE: &str = "SERVICE_UNAVAILABLE";

/// Until it is known: the server may still be about to notice that its client has gone.
async fn again(shop: &Shop, key: &str) -> povery::test::TestResponse {
    for _ in 0..100 {
        let answer = shop.order(key, "pen").await;
        if answer.status() != 409 {
            return answer;
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    panic!("the key is never free again");
}

#[tokio::test]
async fn an_outcome_that_is_unknown_is_found_out_by_the_next_try() {
    let shop = Shop::open().await;
    for (at, lost) in [AtCommit::LoseAnswer, AtCommit::LoseRequest]
        .into_iter()
        .enumerate()
    {
        let key = format!("k-{at}");
        shop.proxy.at_commit(lost);
        let first = shop.order(&key, "pen").await;
        assert_eq!(error(&first), (503, UNAVAILABLE.to_owned()), "{lost:?}");
        assert!(shop.proxy.is_played());
        let next = again(&shop, &key).await;
        assert_eq!(next.status(), 201);
        let was_stored = lost == AtCommit::LoseAnswer;
        let replayed = next.header("idempotency-replayed").is_some();
        assert_eq!(replayed, was_stored, "{lost:?}");
        let third = shop.order(&key, "pen").await;
        assert_eq!(third.bytes(), next.bytes());
        assert_eq!(shop.effects().await.len(), at + 1, "{lost:?}");
    }
}

/// A refusal is in nobody's database before its record is.
#[tokio::test]
async fn a_refusal_that_is_not_stored_is_none() {
    let shop = Shop::open().await;
    shop.proxy.at_commit(AtCommit::LoseRequest);
    let lost = shop.post("/refuse", "k").send().await;
    assert_eq!(error(&lost), (503, UNAVAILABLE.to_owned()));
    shop.proxy.script(
        "ROLLBACK TO SAVEPOINT povery_idempotency",
        Reply::fatal("57P01"),
    );
    let mut lost = shop.post("/refuse", "k").send().await;
    while error(&lost).1 == "IDEMPOTENCY_IN_PROGRESS" {
        lost = shop.post("/refuse", "k").send().await;
    }
    assert_eq!(error(&lost), (503, UNAVAILABLE.to_owned()));
    let mut refused = shop.post("/refuse", "k").send().await;
    while error(&refused).1 == "IDEMPOTENCY_IN_PROGRESS" {
        refused = shop.post("/refuse", "k").send().await;
    }
    assert_eq!(error(&refused), (409, "TOO_LATE".to_owned()));
    same(&refused, &shop.post("/refuse", "k").send().await);
    assert!(shop.effects().await.is_empty());
}

#[tokio::test]
async fn a_record_that_cannot_be_written_undoes_the_effect() {
    let shop = Shop::open().await;
    shop.proxy
        .script("INSERT INTO povery_idempotency", Reply::error("53100"));
    let full = shop.order("k", "pen").await;
    assert_eq!(error(&full), (503, UNAVAILABLE.to_owned()));
    assert_eq!((shop.effects().await.len(), shop.records().await), (0, 0));
    assert_eq!(again(&shop, "k").await.status(), 201);
}

/// The answer was stored: that the connection is lost after it has been read makes no difference.
#[tokio::test]
async fn a_replay_needs_nothing_of_the_database_but_the_record() {
    let shop = Shop::open().await;
    let first = shop.order("k", "pen").await;
    shop.proxy.script("ROLLBACK", Reply::fatal("57P01"));
    same(&first, &shop.order("k", "pen").await);
    shop.proxy.cut(Cut::Reset);
    shop.proxy.forget();
    same(&first, &shop.order("k", "pen").await);
}
