//! Clients that try again until they are answered, while the way to the database breaks at random. `POVERY_FAULT_SEEDS=0..200` runs
//! those seeds; a failure names its own.

use std::ops::Range;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use futures_util::future::join_all;
use povery_tests::fault_proxy::{AtCommit, Cut, Way};

use crate::shop::{Manner, Order, Shop};

const CLIENTS: usize = 8;
const KEYS: usize = 4;
/// The most faults of a schedule, so that every one has an end.
const FAULTS: usize = 60;
/// Longer than any schedule takes.
const BOUND: Duration = Duration::from_secs(120);

/// The seeds that the variable names, else a few.
fn seeds() -> Range<u64> {
    let Ok(text) = std::env::var("POVERY_FAULT_SEEDS") else {
        return 0..2;
    };
    let ends = text.split_once("..");
    let ends = ends.and_then(|(start, end)| Some(start.parse().ok()?..end.parse().ok()?));
    ends.unwrap_or_else(|| panic!("POVERY_FAULT_SEEDS is to be as 0..200, not {text:?}"))
}

/// Breaks something now and then, until all have their answers or enough is broken.
async fn chaos(shop: &Shop, seed: u64, done: &AtomicBool) {
    let mut random = fastrand::Rng::with_seed(seed);
    for _ in 0..FAULTS {
        if done.load(Ordering::SeqCst) {
            break;
        }
        match random.u8(0..8) {
            0 => shop.proxy.cut(Cut::Reset),
            1 => shop.proxy.cut(Cut::Finish),
            2 | 3 => shop.proxy.at_commit(AtCommit::LoseAnswer),
            4 => shop.proxy.at_commit(AtCommit::LoseRequest),
            5 => shop.proxy.set(Way::Truncated(random.usize(0..4_000))),
            6 => shop
                .calls
                .failing
                .store(random.usize(1..4), Ordering::SeqCst),
            _ => {
                shop.proxy.refuse().await;
                tokio::time::sleep(Duration::from_millis(random.u64(1..40))).await;
            }
        }
        tokio::time::sleep(Duration::from_millis(random.u64(1..60))).await;
        shop.proxy.set(Way::Open);
        shop.proxy.accept().await;
        // Time for a login, and for some work.
        tokio::time::sleep(Duration::from_millis(random.u64(50..300))).await;
    }
    shop.calls.failing.store(0, Ordering::SeqCst);
    shop.proxy.heal().await;
}

/// Tries until it has a success, and gives its body.
async fn insistent(shop: &Shop, key: &str, pause: u64) -> String {
    let order = Order {
        article: key.to_owned(),
        pause,
    };
    let since = Instant::now();
    loop {
        let answer = shop.post("/orders", key).json(&order).send().await;
        match answer.status().as_u16() {
            201 => return answer.text().to_string(),
            409 | 500 | 503 => {}
            other => panic!("{key}: {other} {answer:?}"),
        }
        assert!(since.elapsed() < BOUND, "{key}: {answer:?}");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn there_are_as_many_effects_as_keys() {
    for seed in seeds() {
        let shop = Shop::with(Manner {
            size: 6,
            patience: Duration::from_secs(3),
            ..Manner::default()
        })
        .await;
        let done = AtomicBool::new(false);
        let clients = join_all((0..CLIENTS).map(|client| {
            let (shop, mut random) = (&shop, fastrand::Rng::with_seed(seed * 100 + client as u64));
            async move {
                let mut answers = Vec::new();
                // Two clients have the same keys.
                for number in 0..KEYS {
                    let key = format!("{}-{number}", client / 2);
                    let body = insistent(shop, &key, u64::from(client as u32 / 2) * 3).await;
                    answers.push((key, body));
                    tokio::time::sleep(Duration::from_millis(random.u64(0..30))).await;
                }
                answers
            }
        }));
        let work = async {
            let answers = clients.await;
            done.store(true, Ordering::SeqCst);
            answers
        };
        let (answers, ()) = tokio::join!(work, chaos(&shop, seed, &done));
        let answers: Vec<_> = answers.into_iter().flatten().collect();
        let stored: Vec<(String, String)> =
            sqlx::query_as("SELECT what, n::text FROM effects ORDER BY n")
                .fetch_all(&shop.beside)
                .await
                .unwrap();
        let keys = CLIENTS / 2 * KEYS;
        assert_eq!(stored.len(), keys, "seed {seed}: {stored:?}");
        for answer in &answers {
            assert!(
                stored.contains(answer),
                "seed {seed}: {answer:?} of {stored:?}"
            );
        }
        assert_eq!(shop.records().await, keys as i64, "seed {seed}");
    }
}
