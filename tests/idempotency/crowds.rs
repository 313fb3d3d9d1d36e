//! Many requests with one key at once.

use std::collections::BTreeMap;

use futures_util::future::join_all;
use povery::PoolMode;

use crate::shop::{Manner, Order, Shop, error};

/// What a hundred of them are answered: how often each status, and the bodies of the successes.
async fn hundred(shop: &Shop, path: &str, pause: u64) -> (BTreeMap<u16, usize>, Vec<String>) {
    let order = Order {
        article: "pen".to_owned(),
        pause,
    };
    let all = (0..100).map(|_| shop.post(path, "k").json(&order).send());
    let (mut statuses, mut bodies) = (BTreeMap::new(), Vec::new());
    for answer in join_all(all).await {
        *statuses.entry(answer.status().as_u16()).or_default() += 1;
        if answer.status().is_success() {
            bodies.push(answer.text().to_string());
        } else if answer.status() == 409 {
            assert_eq!(error(&answer).1, "IDEMPOTENCY_IN_PROGRESS");
            assert_eq!(answer.header("retry-after"), Some("1"));
        }
    }
    (statuses, bodies)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hundred_at_once_have_one_effect() {
    for mode in [PoolMode::Direct, PoolMode::Proxy] {
        let shop = Shop::with(Manner {
            size: 10,
            mode,
            ..Manner::default()
        })
        .await;
        for pause in [0, 50] {
            let before = shop.effects().await.len();
            let (statuses, bodies) = hundred(&shop, "/orders", pause).await;
            assert!(
                statuses.keys().all(|status| [201, 409].contains(status)),
                "{statuses:?}"
            );
            assert!(bodies.windows(2).all(|two| two[0] == two[1]), "{bodies:?}");
            assert!(!bodies.is_empty());
            assert_eq!(shop.effects().await.len(), before + 1);
            sqlx::query("DELETE FROM povery_idempotency")
                .execute(&shop.beside)
                .await
                .unwrap();
        }
        assert_eq!(shop.calls.so_far(), 2);
    }
}

/// Where a transaction sees what was there when it began, it may miss the record: the key of the table does not.
#[tokio::test(flavor = "multi_thread")]
async fn so_have_a_hundred_serializable_ones() {
    let shop = Shop::with(Manner {
        size: 10,
        ..Manner::default()
    })
    .await;
    for pause in [0, 20] {
        let before = shop.effects().await.len();
        let (statuses, bodies) = hundred(&shop, "/serializable", pause).await;
        let known = |status: &u16| [200, 409, 503].contains(status);
        assert!(statuses.keys().all(known), "{statuses:?}");
        assert!(!bodies.is_empty() && bodies.windows(2).all(|two| two[0] == two[1]));
        assert_eq!(shop.effects().await.len(), before + 1);
        sqlx::query("DELETE FROM povery_idempotency")
            .execute(&shop.beside)
            .await
            .unwrap();
    }
}

#[tokio::test]
async fn who_comes_too_early_is_told_so_at_once() {
    let shop = Shop::open().await;
    let slow = Order {
        article: "pen".to_owned(),
        pause: 700,
    };
    let (first, early) = tokio::join!(shop.post("/orders", "k").json(&slow).send(), async {
        while shop.calls.so_far() == 0 {
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        }
        let since = std::time::Instant::now();
        let early = shop.post("/orders", "k").json(&slow).send().await;
        (early, since.elapsed())
    });
    assert_eq!(first.status(), 201);
    assert_eq!(error(&early.0), (409, "IDEMPOTENCY_IN_PROGRESS".to_owned()));
    assert!(
        early.1 < std::time::Duration::from_millis(600),
        "{:?}",
        early.1
    );
    let other = shop.order("other", "ink").await;
    assert_eq!(other.status(), 201, "another key waits for nobody");
}
