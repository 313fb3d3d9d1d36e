//! Faults of transactions: committed before the answer, or not at all.

use std::time::Duration;

use povery_tests::fault_proxy::{AtCommit, Cut};
use tokio::time::sleep;
use uuid::Uuid;

use crate::bench::{BUDGET, Bench, SOON};
use crate::database::Database;
use crate::stopped::Stopped;

#[tokio::test]
async fn commit_acknowledgement_lost() {
    let bench = Bench::start().await;
    for route in ["writes", "repeat"] {
        for (what, rows) in [(AtCommit::LoseAnswer, 1), (AtCommit::LoseRequest, 0)] {
            bench.ok("/one", SOON).await;
            let id = Uuid::new_v4();
            bench.proxy.at_commit(what);
            bench.post(&format!("/tx/{route}/{id}")).await.is(503, SOON);
            assert!(bench.proxy.is_played(), "there was a commit");
            // Never run again: neither now nor by what comes next.
            assert_eq!(bench.database.written(id).await, rows);
            bench.ok("/one", SOON).await;
            assert_eq!(bench.database.written(id).await, rows);
            bench.database.settles().await;
        }
    }
    let told = bench.told();
    assert!(told.contains(r#""level":"ERROR""#), "{told}");
}

#[tokio::test]
async fn handler_panics_in_a_transaction() {
    let bench = Bench::start().await;
    for _ in 0..5 {
        let id = Uuid::new_v4();
        bench.post(&format!("/tx/panics/{id}")).await.is(500, SOON);
        assert_eq!(
            bench.database.open_transactions().await,
            0,
            "rolled back before the answer"
        );
        assert_eq!(bench.database.written(id).await, 0);
    }
    let id = Uuid::new_v4();
    bench.post(&format!("/tx/writes/{id}")).await.is(201, SOON);
    assert_eq!(bench.database.written(id).await, 1);
}

#[tokio::test]
async fn handler_times_out_in_a_transaction() {
    let bench = Bench::with(Database::shared().await, |function| {
        function.timeout(Duration::from_secs(2))
    })
    .await;
    bench.ok("/one", BUDGET).await;
    for there in [false, true, false] {
        let id = Uuid::new_v4();
        let path = format!("/tx/hangs/{id}?there={there}");
        bench.post(&path).await.is(504, SOON);
        if !there {
            assert_eq!(bench.database.open_transactions().await, 0);
        }
        bench.database.settles().await;
        assert_eq!(bench.database.written(id).await, 0);
        bench.ok("/one", SOON).await;
    }
}

#[tokio::test]
async fn handler_refuses_in_a_transaction() {
    let bench = Bench::start().await;
    for _ in 0..5 {
        let id = Uuid::new_v4();
        bench.post(&format!("/tx/refuses/{id}")).await.is(409, SOON);
        assert_eq!(bench.database.open_transactions().await, 0);
        assert_eq!(bench.database.written(id).await, 0);
        let id = Uuid::new_v4();
        bench
            .post(&format!("/tx/parallel/{id}"))
            .await
            .is(201, SOON);
        assert_eq!(bench.database.written(id).await, 1);
    }
}

#[tokio::test]
async fn constraint_that_fails_at_the_commit() {
    let bench = Bench::start().await;
    for _ in 0..3 {
        bench.post("/tx/deferred").await.is(409, SOON);
        assert_eq!(
            bench.database.number("SELECT count(*) FROM children").await,
            0
        );
        bench.ok("/one", SOON).await;
    }
}

#[tokio::test]
async fn connection_lost_within_a_transaction() {
    let bench = Bench::start().await;
    let database = &bench.database;
    for fault in 0..3 {
        bench.ok("/one", SOON).await;
        let id = Uuid::new_v4();
        // The commit is the first to notice, and was not heard.
        let path = format!("/tx/repeat/{id}?pause=300");
        let (answer, ()) = tokio::join!(bench.post(&path), async {
            sleep(Duration::from_millis(150)).await;
            match fault {
                0 => database.terminate().await,
                1 => bench.proxy.cut(Cut::Reset),
                _ => bench.proxy.cut(Cut::Finish),
            }
        });
        answer.is(503, SOON);
        assert_eq!(database.written(id).await, 0);
        bench.ok("/one", SOON).await;
        database.settles().await;
    }
}

#[tokio::test]
async fn backend_stopped_before_the_commit() {
    let bench = Bench::with(Database::shared().await, |function| {
        function.timeout(Duration::from_secs(2))
    })
    .await;
    for _ in 0..3 {
        let backend = bench.ok("/backend", SOON).await;
        let id = Uuid::new_v4();
        let path = format!("/tx/writes/{id}?pause=300");
        let (answer, stopped) = tokio::join!(bench.post(&path), async {
            sleep(Duration::from_millis(150)).await;
            Stopped::backend(&backend)
        });
        assert!([503, 504].contains(&answer.status), "{answer:?}");
        assert!(answer.took < SOON, "{answer:?}");
        assert_ne!(bench.ok("/backend", SOON).await, backend);
        drop(stopped);
        bench.database.settles().await;
        // It was told to commit, or its connection was closed before.
        assert!(bench.database.written(id).await <= 1);
    }
}

#[tokio::test]
async fn serialization_failure_and_deadlock_40001_40p01() {
    let bench = Bench::with(Database::shared().await, |function| {
        function.env("AWS_LAMBDA_MAX_CONCURRENCY", "4")
    })
    .await;
    let mut done = 0;
    for _ in 0..10 {
        let path = "/tx/increments/1";
        let two = tokio::join!(bench.post(path), bench.post(path));
        for answer in [two.0, two.1] {
            // Two in conflict: one of them goes through, and the other one the next time.
            answer.is(201, BUDGET);
            done += 1;
        }
    }
    let mut refused = 0;
    for _ in 0..5 {
        let path = "/tx/increments/1";
        let four = tokio::join!(
            bench.post(path),
            bench.post(path),
            bench.post(path),
            bench.post(path)
        );
        for answer in [four.0, four.1, four.2, four.3] {
            assert!([201, 503].contains(&answer.status), "{answer:?}");
            done += i64::from(answer.status == 201);
            refused += i64::from(answer.status == 503);
        }
    }
    assert!(done > refused, "{done} done, {refused} refused");
    let balance = "SELECT balance::bigint FROM accounts WHERE id = 1";
    assert_eq!(bench.database.number(balance).await, 1_000 + done);

    for _ in 0..2 {
        let two = tokio::join!(
            bench.post("/tx/crossings?first=2&second=3"),
            bench.post("/tx/crossings?first=3&second=2")
        );
        two.0.is(201, BUDGET);
        two.1.is(201, BUDGET);
    }
    let balances = "SELECT sum(balance) FROM accounts WHERE id IN (2, 3)";
    assert_eq!(bench.database.number(balances).await, 2_008);
    bench.database.settles().await;
}

#[tokio::test]
async fn transfers_at_once() {
    let bench = Bench::with(Database::shared().await, |function| {
        function.env("AWS_LAMBDA_MAX_CONCURRENCY", "4")
    })
    .await;
    let transfer = async |number: usize| {
        let (from, to) = (number % 8 + 1, (number * 3 + 1) % 8 + 1);
        let id = Uuid::new_v4();
        let path = format!("/tx/transfers/{id}?from={from}&to={to}&amount=150");
        let answer = bench.post(&path).await;
        assert!([201, 422].contains(&answer.status), "{answer:?}");
        assert_eq!(
            bench.database.written(id).await,
            i64::from(answer.status == 201)
        );
    };
    for round in 0..10 {
        let first = round * 4;
        tokio::join!(
            transfer(first),
            transfer(first + 1),
            transfer(first + 2),
            transfer(first + 3)
        );
    }
    let sum = "SELECT sum(balance) FROM accounts";
    assert_eq!(bench.database.number(sum).await, 8_000);
    assert_eq!(bench.database.open_transactions().await, 0);
}
