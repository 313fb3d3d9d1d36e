//! Transactions of one's own: begun late, ended once.

use std::time::{Duration, Instant};

use futures_util::TryStreamExt;
use povery::{Credentials, Pool, PoolOptions, ReadOnly, RepeatableRead, Serializable, Tx};
use sqlx::Connection;

use super::{backend, credentials, pool};

/// A pool whose database has one table of numbers, and another one that watches it.
pub(crate) async fn numbers() -> (Pool, Pool) {
    let credentials = credentials().await;
    let (pool, watching) = (Pool::new(credentials.clone(), 4), Pool::new(credentials, 1));
    sqlx::raw_sql(
        "CREATE TABLE numbers (n int PRIMARY KEY); \
         CREATE TABLE notes (n int REFERENCES numbers DEFERRABLE INITIALLY DEFERRED); \
         CREATE TABLE doctors (id int PRIMARY KEY, on_call bool NOT NULL); \
         INSERT INTO doctors VALUES (1, true), (2, true)",
    )
    .execute(&pool)
    .await
    .unwrap();
    (pool, watching)
}

pub(crate) async fn insert(tx: &mut Tx, number: i32) -> Result<(), sqlx::Error> {
    sqlx::query("INSERT INTO numbers VALUES ($1)")
        .bind(number)
        .execute(tx)
        .await
        .map(drop)
}

pub(crate) async fn all(pool: &Pool) -> Vec<i32> {
    sqlx::query_scalar("SELECT n FROM numbers ORDER BY n")
        .fetch_all(pool)
        .await
        .unwrap()
}

/// The transactions that somebody has open in this database.
async fn open(watching: &Pool) -> i64 {
    sqlx::query_scalar(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() \
         AND pid <> pg_backend_pid() AND xact_start IS NOT NULL",
    )
    .fetch_one(watching)
    .await
    .unwrap()
}

#[tokio::test]
async fn it_is_begun_by_its_first_statement_and_committed_once() {
    let (pool, watching) = numbers().await;
    let mut tx = Tx::begin_on(&pool);
    assert_eq!((open(&watching).await, pool.stats().in_use), (0, 0));
    insert(&mut tx, 1).await.unwrap();
    assert_eq!((open(&watching).await, pool.stats().in_use), (1, 1));
    assert!(all(&watching).await.is_empty(), "not yet");
    let mut other = tx.share();
    insert(&mut other, 2).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(all(&watching).await, [1, 2]);
    let after = insert(&mut other, 3).await.unwrap_err();
    assert!(
        after.to_string().contains("the transaction has ended"),
        "{after}"
    );
    assert_eq!((open(&watching).await, pool.stats().in_use), (0, 0));
    assert_eq!(pool.stats().connects, 1, "the connection is kept");
}

#[tokio::test]
async fn dropped_it_is_rolled_back_at_once() {
    let (pool, watching) = numbers().await;
    let mut tx = pool.begin().await.unwrap();
    assert_eq!(open(&watching).await, 1, "`Pool::begin` begins");
    insert(&mut tx, 1).await.unwrap();
    let mut connection = tx.connection().await.unwrap();
    let savepoint = connection.begin().await.unwrap();
    // Not ended, and not dropped either.
    std::mem::forget(savepoint);
    drop(connection);
    drop(tx);
    let since = Instant::now();
    while open(&watching).await > 0 {
        assert!(since.elapsed() < Duration::from_secs(5), "it is still open");
    }
    let tx = pool.begin().await.unwrap();
    tx.rollback().await.unwrap();
    assert!(all(&pool).await.is_empty());
    assert_eq!(pool.stats().connects, 1, "the connection is kept");
}

#[tokio::test]
async fn given_up_while_it_begins_or_works_it_leaves_nothing_open() {
    let (pool, watching) = numbers().await;
    for round in 0..40 {
        let work = async {
            let mut tx = Tx::begin_on(&pool);
            insert(&mut tx, 1).await?;
            sqlx::query("SELECT pg_sleep(30)").execute(&mut tx).await?;
            tx.commit().await
        };
        let given_up = tokio::time::timeout(Duration::from_micros(round * 150), work).await;
        assert!(given_up.is_err());
    }
    assert_eq!(pool.stats().in_use, 0);
    assert!(all(&pool).await.is_empty());
    let since = Instant::now();
    while open(&watching).await > 0 {
        assert!(
            since.elapsed() < Duration::from_secs(5),
            "one is still open"
        );
    }
}

#[tokio::test]
async fn savepoints_are_those_of_sqlx() {
    let (pool, _) = numbers().await;
    let mut tx = Tx::begin_on(&pool);
    insert(&mut tx, 1).await.unwrap();
    let mut connection = tx.connection().await.unwrap();
    for (number, kept) in [(2, true), (1, false), (3, true)] {
        let mut savepoint = connection.begin().await.unwrap();
        let inserted = sqlx::query("INSERT INTO numbers VALUES ($1)")
            .bind(number)
            .execute(&mut *savepoint)
            .await;
        assert_eq!(inserted.is_ok(), kept);
        match kept {
            true => savepoint.commit().await.unwrap(),
            false => savepoint.rollback().await.unwrap(),
        }
    }
    drop(connection);
    insert(&mut tx, 4).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(all(&pool).await, [1, 2, 3, 4]);
}

/// To `COMMIT` a failed transaction is no error for the server: it says `ROLLBACK`.
#[tokio::test]
async fn a_failed_transaction_does_not_pretend_to_commit() {
    let (pool, _) = numbers().await;
    let mut tx = Tx::begin_on(&pool);
    insert(&mut tx, 1).await.unwrap();
    insert(&mut tx, 1).await.unwrap_err();
    let error = tx.commit().await.unwrap_err();
    assert_eq!(error.as_database_error().unwrap().code().unwrap(), "25P02");
    let mut tx = Tx::begin_on(&pool);
    let mut connection = tx.connection().await.unwrap();
    sqlx::query("SELECT 1 / 0")
        .execute(&mut *connection)
        .await
        .unwrap_err();
    drop(connection);
    assert!(tx.commit().await.is_err(), "what sqlx ran by itself counts");
    assert!(all(&pool).await.is_empty());
    assert_eq!(pool.stats().connects, 1, "the connection is sound");
}

#[tokio::test]
async fn a_deferred_constraint_fails_the_commit_by_its_sqlstate() {
    let (pool, watching) = numbers().await;
    let mut tx = Tx::begin_on(&pool);
    sqlx::query("INSERT INTO notes VALUES (7)")
        .execute(&mut tx)
        .await
        .unwrap();
    let error = tx.commit().await.unwrap_err();
    assert_eq!(error.as_database_error().unwrap().code().unwrap(), "23503");
    assert_eq!(open(&watching).await, 0);
    assert!(backend(&pool).await > 0);
}

#[tokio::test]
async fn modes_are_those_of_the_server() {
    let (pool, _) = numbers().await;
    let shown = "SELECT current_setting('transaction_isolation') || ' ' || current_setting('transaction_read_only')";
    let mut one = Tx::begin_with(Serializable, &pool);
    let mut two = Tx::begin_with((RepeatableRead, ReadOnly), &pool);
    let mut three = Tx::begin_on(&pool);
    let said: [String; 3] = [
        sqlx::query_scalar(shown).fetch_one(&mut one).await.unwrap(),
        sqlx::query_scalar(shown).fetch_one(&mut two).await.unwrap(),
        sqlx::query_scalar(shown)
            .fetch_one(&mut three)
            .await
            .unwrap(),
    ];
    assert_eq!(
        said,
        [
            "serializable off",
            "repeatable read on",
            "read committed off"
        ]
    );
    let refused = sqlx::query("DELETE FROM numbers")
        .execute(&mut two)
        .await
        .unwrap_err();
    assert_eq!(
        refused.as_database_error().unwrap().code().unwrap(),
        "25006"
    );
    drop((one, two, three));
    assert_eq!(
        pool.stats().discards.read_only,
        0,
        "the server was told so: it was not demoted"
    );
}

#[tokio::test]
async fn every_kind_of_statement_runs_in_it() {
    let (pool, _) = numbers().await;
    let mut tx = Tx::begin_on(&pool);
    for number in [1, 2, 3] {
        insert(&mut tx, number).await.unwrap();
    }
    let streamed: Vec<(i32,)> =
        sqlx::query_as::<_, (i32,)>("SELECT n FROM numbers ORDER BY n DESC")
            .fetch(&mut tx)
            .try_collect()
            .await
            .unwrap();
    assert_eq!(streamed, [(3,), (2,), (1,)]);
    let mut left = sqlx::query("SELECT generate_series(1, 100000)").fetch(&mut tx);
    assert!(left.try_next().await.unwrap().is_some());
    drop(left);
    let none: Option<i32> = sqlx::query_scalar("SELECT n FROM numbers WHERE n = 9")
        .fetch_optional(&mut tx)
        .await
        .unwrap();
    assert_eq!(none, None);
    sqlx::raw_sql("SELECT 1; SELECT 2")
        .execute(&mut tx)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    assert_eq!(all(&pool).await, [1, 2, 3]);
}

#[tokio::test]
async fn a_connection_that_died_since_is_no_failure_of_begin() {
    let credentials: Credentials = credentials().await;
    let options = PoolOptions::new().size(2);
    let (pool, other) = (Pool::with_options(credentials, options), pool(1).await);
    let pid = backend(&pool).await;
    sqlx::query("SELECT pg_terminate_backend($1, 5000)")
        .bind(pid)
        .execute(&other)
        .await
        .unwrap();
    let mut tx = Tx::begin_on(&pool);
    let next: i32 = sqlx::query_scalar("SELECT pg_backend_pid()")
        .fetch_one(&mut tx)
        .await
        .unwrap();
    assert_ne!(next, pid);
}
