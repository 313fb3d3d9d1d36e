//! `&Pool` as an executor, and what a connection leaves behind.

use futures_util::TryStreamExt;
use povery::Pool;
use sqlx::{Connection, Executor};

use super::{backend, credentials, pool};

#[tokio::test]
async fn every_kind_of_statement_runs_on_the_pool() {
    let pool = pool(2).await;
    let inserted = sqlx::query("INSERT INTO users SELECT gen_random_uuid(), name, email, now(), now() FROM (VALUES ($1, $2), ($3, $4)) AS new (name, email)")
        .bind("Ada")
        .bind("ada@example.com")
        .bind("Bob")
        .bind("bob@example.com")
        .execute(&pool)
        .await
        .unwrap();
    assert_eq!(inserted.rows_affected(), 2);
    let all: Vec<String> = sqlx::query_scalar("SELECT name FROM users ORDER BY name")
        .fetch_all(&pool)
        .await
        .unwrap();
    assert_eq!(all, ["Ada", "Bob"]);
    let streamed: Vec<(String,)> = sqlx::query_as("SELECT name FROM users ORDER BY name DESC")
        .fetch(&pool)
        .try_collect()
        .await
        .unwrap();
    assert_eq!(streamed, [("Bob".to_owned(),), ("Ada".to_owned(),)]);
    let none: Option<i32> = sqlx::query_scalar("SELECT 1 WHERE false")
        .fetch_optional(&pool)
        .await
        .unwrap();
    assert_eq!(none, None);
    assert!(matches!(
        sqlx::query("SELECT 1 WHERE false").fetch_one(&pool).await,
        Err(sqlx::Error::RowNotFound)
    ));
    let statement = (&pool)
        .prepare(sqlx::SqlSafeStr::into_sql_str("SELECT $1::int4"))
        .await;
    assert!(statement.is_ok(), "{statement:?}");
    sqlx::raw_sql("SELECT 1; SELECT 2")
        .execute(&pool)
        .await
        .unwrap();
}

#[tokio::test]
async fn connections_are_kept() {
    let pool = pool(2).await;
    let first = backend(&pool).await;
    for _ in 0..10 {
        assert_eq!(backend(&pool).await, first);
    }
}

#[tokio::test]
async fn a_stream_that_is_left_gives_a_sound_connection_back() {
    let pool = pool(1).await;
    for _ in 0..5 {
        let mut stream = sqlx::query("SELECT generate_series(1, 100000)").fetch(&pool);
        assert!(stream.try_next().await.unwrap().is_some());
        drop(stream);
        backend(&pool).await;
    }
}

#[tokio::test]
async fn a_dropped_transaction_is_rolled_back_at_once() {
    let credentials = credentials().await;
    let (pool, watching) = (Pool::new(credentials.clone(), 1), Pool::new(credentials, 1));
    {
        let mut connection = pool.acquire().await.unwrap();
        let mut transaction = connection.begin().await.unwrap();
        sqlx::query(
            "INSERT INTO users VALUES (gen_random_uuid(), 'Ada', 'ada@example.com', now(), now())",
        )
        .execute(&mut *transaction)
        .await
        .unwrap();
        assert_eq!(transactions(&watching).await, 1);
    }
    // The connection is idle and nobody uses it, as in a frozen sandbox: its locks must go.
    for _ in 0..100 {
        if transactions(&watching).await == 0 {
            let rows: i64 = sqlx::query_scalar("SELECT count(*) FROM users")
                .fetch_one(&pool)
                .await
                .unwrap();
            assert_eq!(rows, 0);
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    panic!("the transaction is still open");
}

/// The transactions that somebody has left open in this database.
async fn transactions(watching: &Pool) -> i64 {
    sqlx::query_scalar(
        "SELECT count(*) FROM pg_stat_activity \
         WHERE datname = current_database() AND state LIKE 'idle in transaction%'",
    )
    .fetch_one(watching)
    .await
    .unwrap()
}

#[tokio::test]
async fn closing_tells_the_server() {
    let (pool, watching) = (pool(2).await, pool(1).await);
    let pid = backend(&pool).await;
    pool.close().await;
    assert!(matches!(pool.acquire().await, Err(sqlx::Error::PoolClosed)));
    for _ in 0..100 {
        let there: i64 = sqlx::query_scalar("SELECT count(*) FROM pg_stat_activity WHERE pid = $1")
            .bind(pid)
            .fetch_one(&watching)
            .await
            .unwrap();
        if there == 0 {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    panic!("the backend {pid} is still there");
}
