//! Transactions that are run again as a whole.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use povery::Serializable;

use super::transactions::{all, insert, numbers};

/// Both doctors see that two are on call, and leave: one of the two transactions must run again.
#[tokio::test]
async fn a_serialization_failure_runs_the_whole_again() {
    let (pool, _) = numbers().await;
    let (runs, meeting) = (AtomicUsize::new(0), tokio::sync::Barrier::new(2));
    let ended = AtomicUsize::new(0);
    let leave = async |id: i32| {
        let first = AtomicUsize::new(0);
        let done = pool.transaction_with(Serializable, async |mut tx| {
            runs.fetch_add(1, Ordering::SeqCst);
            // The second try begins once the other one is stored: else it could meet its commit again.
            while first.load(Ordering::SeqCst) > 0 && ended.load(Ordering::SeqCst) == 0 {
                tokio::time::sleep(std::time::Duration::from_millis(1)).await;
            }
            let on_call: i64 = sqlx::query_scalar("SELECT count(*) FROM doctors WHERE on_call")
                .fetch_one(&mut tx)
                .await?;
            if first.fetch_add(1, Ordering::SeqCst) == 0 {
                meeting.wait().await;
            }
            if on_call > 1 {
                sqlx::query("UPDATE doctors SET on_call = false WHERE id = $1")
                    .bind(id)
                    .execute(&mut tx)
                    .await?;
            }
            Ok::<_, sqlx::Error>(on_call)
        });
        let done = done.await;
        ended.fetch_add(1, Ordering::SeqCst);
        done
    };
    let (one, two) = tokio::join!(leave(1), leave(2));
    let mut seen = [one.unwrap(), two.unwrap()];
    seen.sort_unstable();
    assert_eq!(seen, [1, 2], "one of them ran alone in the end");
    assert_eq!((runs.load(Ordering::SeqCst), pool.stats().retries), (3, 1));
    let left: i64 = sqlx::query_scalar("SELECT count(*) FROM doctors WHERE on_call")
        .fetch_one(&pool)
        .await
        .unwrap();
    assert_eq!(left, 1);
}

#[tokio::test]
async fn it_is_run_three_times_at_the_most_and_other_errors_once() {
    let (pool, _) = numbers().await;
    for (sqlstate, expected) in [("40001", 3), ("40P01", 3), ("23505", 1), ("P0001", 1)] {
        let runs = AtomicUsize::new(0);
        let raise = format!("DO $$ BEGIN RAISE SQLSTATE '{sqlstate}'; END $$");
        let error = pool
            .transaction(async |mut tx| {
                runs.fetch_add(1, Ordering::SeqCst);
                insert(&mut tx, 1).await?;
                let raise = sqlx::raw_sql(sqlx::AssertSqlSafe(raise.clone()));
                raise.execute(&mut tx).await.map(drop)
            })
            .await
            .unwrap_err();
        assert_eq!(error.as_database_error().unwrap().code().unwrap(), sqlstate);
        assert_eq!(runs.load(Ordering::SeqCst), expected, "{sqlstate}");
    }
    assert!(all(&pool).await.is_empty());
}

#[tokio::test]
async fn its_future_can_be_sent_between_threads() {
    let (pool, _) = numbers().await;
    let pool = Arc::new(pool);
    let (shared, number) = (Arc::clone(&pool), String::from("5"));
    let task = tokio::spawn(async move {
        shared
            .transaction(async |mut tx| {
                // Borrowed, as the arguments of a handler are.
                let number = number.parse().expect("a number");
                insert(&mut tx, number).await
            })
            .await
    });
    task.await.unwrap().unwrap();
    assert_eq!(all(&pool).await, [5]);
}
