//! Statements with parameters behind a proxy that shares sessions: each is a transaction of its own, and is to be seen as
//! one statement all the same.

use std::time::Duration;

use futures_util::TryStreamExt;
use povery::{Pool, PoolConnection, PoolMode, PoolOptions};
use tokio::time::timeout;

use super::{credentials, pool};

/// A pool of one connection that a proxy could share, and one beside it, with a table.
async fn pools() -> (Pool, Pool) {
    let login = credentials().await;
    let options = PoolOptions::new().size(1).mode(PoolMode::Proxy);
    let (shared, beside) = (
        Pool::with_options(login.clone(), options),
        Pool::new(login, 1),
    );
    let table = "CREATE TABLE notes (number int PRIMARY KEY, \
        later int UNIQUE DEFERRABLE INITIALLY DEFERRED)";
    sqlx::raw_sql(table).execute(&beside).await.unwrap();
    (shared, beside)
}

async fn count(pool: &Pool) -> i64 {
    sqlx::query_scalar("SELECT count(*) FROM notes")
        .fetch_one(pool)
        .await
        .unwrap()
}

const INSERT: &str = "INSERT INTO notes VALUES ($1, $2) RETURNING number";

async fn insert(connection: &mut PoolConnection, number: i32) -> Result<i32, sqlx::Error> {
    sqlx::query_scalar(INSERT)
        .bind(number)
        .bind(number)
        .fetch_one(connection)
        .await
}

#[tokio::test]
async fn each_is_committed_by_its_end() {
    let (shared, beside) = pools().await;
    for number in 0..3 {
        let query = sqlx::query(INSERT).bind(number).bind(number);
        let rows = match number {
            0 => query
                .execute(&shared)
                .await
                .map(|done| done.rows_affected()),
            1 => query.fetch_all(&shared).await.map(|rows| rows.len() as u64),
            _ => {
                let rows = query.fetch(&shared).try_collect::<Vec<_>>().await;
                rows.map(|rows| rows.len() as u64)
            }
        };
        assert_eq!(rows.unwrap(), 1);
        assert_eq!(count(&beside).await, i64::from(number) + 1);
    }
    let mut connection = shared.acquire().await.unwrap();
    insert(&mut connection, 3).await.unwrap();
    assert_eq!(count(&beside).await, 4);
}

#[tokio::test]
async fn the_first_row_alone_is_all_of_a_statement() {
    let (shared, beside) = pools().await;
    let sql =
        "INSERT INTO notes SELECT number FROM generate_series(1, $1) AS number RETURNING number";
    let first: i32 = sqlx::query_scalar(sql)
        .bind(1_000)
        .fetch_one(&shared)
        .await
        .unwrap();
    assert_eq!((first, count(&beside).await), (1, 1_000));
}

#[tokio::test]
async fn one_that_fails_leaves_nothing_open() {
    let (shared, beside) = pools().await;
    let mut connection = shared.acquire().await.unwrap();
    insert(&mut connection, 1).await.unwrap();
    for _ in 0..2 {
        let error = insert(&mut connection, 1).await.unwrap_err();
        let code = error.as_database_error().and_then(|error| error.code());
        assert_eq!(code.as_deref(), Some("23505"));
    }
    insert(&mut connection, 2).await.unwrap();
    assert_eq!(count(&beside).await, 2);
    drop(connection);
    assert_eq!(shared.stats().connects, 1, "the connection is kept");
}

/// A constraint that is checked at the commit is the statement's, as without a proxy.
#[tokio::test]
async fn a_deferred_constraint_is_the_statements_error() {
    let (shared, beside) = pools().await;
    let twice = "INSERT INTO notes VALUES ($1, 7), ($1 + 1, 7)";
    for pool in [&beside, &shared] {
        for number in [1, 3] {
            let error = sqlx::query(twice).bind(number).execute(pool).await;
            let error = error.unwrap_err();
            let code = error.as_database_error().and_then(|error| error.code());
            assert_eq!(code.as_deref(), Some("23505"));
        }
    }
    sqlx::query(INSERT)
        .bind(1)
        .bind(1)
        .execute(&shared)
        .await
        .unwrap();
    assert_eq!(count(&beside).await, 1);
}

/// Rows that nobody asked for, and what was given up: neither is in what comes next.
#[tokio::test]
async fn what_is_left_half_way_is_undone_and_no_part_of_the_next_one() {
    let (shared, beside) = pools().await;
    let mut connection = shared.acquire().await.unwrap();
    let many =
        "INSERT INTO notes SELECT number FROM generate_series(1, $1) AS number RETURNING number";
    {
        let mut rows = sqlx::query(many).bind(1_000).fetch(&mut connection);
        rows.try_next().await.unwrap().unwrap();
    }
    insert(&mut connection, 5_000).await.unwrap();
    assert_eq!(count(&beside).await, 1, "the next one alone");

    let slow = "INSERT INTO notes SELECT $1 FROM pg_sleep(0.3)";
    for wait in [0, 1, 100] {
        let statement = sqlx::query(slow).bind(6_000).execute(&mut connection);
        let given_up = timeout(Duration::from_millis(wait), statement).await;
        assert!(given_up.is_err(), "{wait}");
        insert(&mut connection, 5_001 + i32::try_from(wait).unwrap())
            .await
            .unwrap();
    }
    assert_eq!(count(&beside).await, 4);
    drop(connection);

    // The same through the pool, which takes the connection back meanwhile.
    for wait in [0, 1, 100] {
        let statement = sqlx::query(slow).bind(7_000).execute(&shared);
        assert!(
            timeout(Duration::from_millis(wait), statement)
                .await
                .is_err()
        );
        let next = sqlx::query(INSERT)
            .bind(8_000 + i32::try_from(wait).unwrap())
            .bind(None::<i32>);
        next.execute(&shared).await.unwrap();
    }
    assert_eq!(count(&beside).await, 7);
}

/// What cannot be part of a transaction has no parameters.
#[tokio::test]
async fn a_statement_without_parameters_is_sent_as_it_is() {
    let (shared, _) = pools().await;
    sqlx::raw_sql("VACUUM notes")
        .execute(&shared)
        .await
        .unwrap();
    let beside = pool(1).await;
    sqlx::raw_sql("VACUUM users")
        .execute(&beside)
        .await
        .unwrap();
}
