//! What a handler leaves half-way: a savepoint, a transaction of sqlx's own, a `COPY`, a stream, statements that it no
//! longer waits for. None of it is in what comes after, nor keeps anything from being stored that was acknowledged.

use std::time::{Duration, Instant};

use futures_util::future::join_all;
use futures_util::{FutureExt, TryStreamExt};
use povery::prelude::*;
use povery::test::TestClient;
use povery::{Deadline, PoolMode, PoolOptions, ReadOnly};
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection, Row, SqlSafeStr};
use tokio::time::timeout;

use super::transactions::{all, insert, numbers};
use super::{credentials, pool};

/// A pool of one connection with these options, and one beside it, with a table of numbers.
async fn with(options: PoolOptions) -> (Pool, Pool) {
    let login = credentials().await;
    let (served, beside) = (
        Pool::with_options(login.clone(), options.size(1)),
        Pool::new(login, 1),
    );
    let table = "CREATE TABLE numbers (n int PRIMARY KEY)";
    sqlx::raw_sql(table).execute(&beside).await.unwrap();
    (served, beside)
}

fn behind_a_proxy() -> PoolOptions {
    PoolOptions::new().mode(PoolMode::Proxy)
}

async fn store(number: i32, pool: &Pool) {
    let statement = sqlx::query("INSERT INTO numbers VALUES ($1)").bind(number);
    statement.execute(pool).await.unwrap();
}

/// Gives up waiting for a transaction, or a savepoint, to begin. A server on the same machine may be faster than that.
async fn give_up_a_begin(connection: &mut PgConnection) {
    while let Some(begun) = connection.begin().now_or_never() {
        begun.unwrap().rollback().await.unwrap();
    }
}

/// sqlx rolls all of the transaction back, and counts none.
#[tokio::test]
async fn a_savepoint_given_up_while_it_begins_loses_the_transaction() {
    for commits in [true, false] {
        let (pool, beside) = numbers().await;
        let mut tx = Tx::begin_on(&pool);
        insert(&mut tx, 1).await.unwrap();
        {
            let mut connection = tx.connection().await.unwrap();
            give_up_a_begin(&mut connection).await;
        }
        let error = insert(&mut tx, 2).await.unwrap_err().to_string();
        assert!(error.contains("has lost its connection"), "{error}");
        match commits {
            true => assert!(tx.commit().await.is_err()),
            false => tx.rollback().await.unwrap(),
        }
        assert!(all(&beside).await.is_empty());
    }
}

/// sqlx counts two less then: the end of the savepoint around it is none, or that of the transaction.
#[tokio::test]
async fn a_nested_savepoint_given_up_is_told_as_what_it_was() {
    const LOST: &str = "nothing of it is stored";
    const UNKNOWN: &str = "what of it is stored is not known";
    for (deep, told, stored) in [(false, LOST, &[][..]), (true, UNKNOWN, &[1])] {
        let (pool, beside) = numbers().await;
        let mut tx = Tx::begin_on(&pool);
        insert(&mut tx, 1).await.unwrap();
        {
            let mut connection = tx.connection().await.unwrap();
            let mut savepoint = connection.begin().await.unwrap();
            if deep {
                let mut inner = savepoint.begin().await.unwrap();
                give_up_a_begin(&mut inner).await;
                inner.commit().await.unwrap();
            } else {
                give_up_a_begin(&mut savepoint).await;
                savepoint.commit().await.unwrap();
            }
        }
        let error = insert(&mut tx, 2).await.unwrap_err().to_string();
        assert!(error.contains(told), "{error}");
        let error = tx.commit().await.unwrap_err().to_string();
        assert!(error.contains(told), "{error}");
        assert_eq!(all(&beside).await, stored);
    }
}

#[povery::route(POST, "/limited/<fails>")]
async fn limited(fails: bool, mut tx: Tx) -> Result<(), PoveryError> {
    insert(&mut tx, 1).await?;
    {
        let mut connection = tx.connection().await?;
        give_up_a_begin(&mut connection).await;
    }
    match fails {
        true => Err(PoveryError::new(StatusCode::CONFLICT, "no")),
        false => Ok(()),
    }
}

#[tokio::test]
async fn the_answer_says_that_nothing_was_stored() {
    for (fails, status) in [(false, 503), (true, 409)] {
        let (pool, beside) = numbers().await;
        let client = TestClient::new(App::new().routes(povery::routes![limited]).pool(pool));
        let answer = client.post(&format!("/limited/{fails}")).send().await;
        assert_eq!(answer.status(), status, "{}", answer.text());
        assert!(all(&beside).await.is_empty());
    }
}

#[tokio::test]
async fn a_begin_given_up_is_nobody_elses_transaction() {
    for options in [PoolOptions::new(), behind_a_proxy()] {
        let (served, beside) = with(options).await;
        {
            let mut connection = served.acquire().await.unwrap();
            give_up_a_begin(&mut connection).await;
        }
        for number in 1..4 {
            store(number, &served).await;
        }
        assert_eq!(all(&beside).await, [1, 2, 3], "{:?}", served.stats());
    }
}

#[tokio::test]
async fn behind_a_proxy_a_stream_that_is_left_has_nothing_open_for_sqlx_itself() {
    let (served, beside) = with(behind_a_proxy()).await;
    let mut connection = served.acquire().await.unwrap();
    {
        let rows = sqlx::query("SELECT generate_series(1, $1)").bind(10);
        let mut rows = rows.fetch(&mut connection);
        rows.try_next().await.unwrap().unwrap();
    }
    let insert = "INSERT INTO numbers VALUES ($1)";
    let first = sqlx::query(insert).bind(1).execute(&mut *connection);
    first.await.unwrap();
    let mut own = Connection::begin(&mut *connection).await.unwrap();
    sqlx::query(insert)
        .bind(2)
        .execute(&mut *own)
        .await
        .unwrap();
    own.commit().await.unwrap();
    drop(connection);
    store(3, &served).await;
    assert_eq!(all(&beside).await, [1, 2, 3]);
}

/// An error in rows that nobody asked for is not the next statement's.
#[tokio::test]
async fn behind_a_proxy_no_statement_is_told_the_error_of_another() {
    let (served, _) = with(behind_a_proxy()).await;
    let mut connection = served.acquire().await.unwrap();
    {
        let sql = "SELECT 1 / (5000 - i) FROM generate_series(1, $1) AS i";
        let mut rows = sqlx::query(sql).bind(10_000).fetch(&mut connection);
        rows.try_next().await.unwrap().unwrap();
    }
    let next = sqlx::query("SELECT $1").bind("x").execute(&mut connection);
    next.await.unwrap();
}

#[tokio::test]
async fn behind_a_proxy_nothing_is_prepared_for_the_next_client() {
    let (served, _) = with(behind_a_proxy()).await;
    let prepared = (&served).prepare("SELECT $1::int4".into_sql_str()).await;
    let error = prepared.unwrap_err().to_string();
    assert!(error.contains("behind a proxy"), "{error}");
    let count = sqlx::raw_sql("SELECT count(*) FROM pg_prepared_statements");
    let count: i64 = (&served).fetch_one(count).await.unwrap().get(0);
    assert_eq!((count, served.stats().connects), (0, 1));
}

#[povery::route(GET, "/copies")]
async fn copies(pool: Pool) -> Result<(), PoveryError> {
    let mut connection = pool.acquire().await?;
    let copy = connection.copy_in_raw("COPY numbers FROM STDIN").await?;
    // An error between two chunks.
    drop(copy);
    Ok(())
}

#[povery::route(GET, "/said/<word>")]
async fn said(word: u32, pool: Pool) -> Result<String, PoveryError> {
    let sql = AssertSqlSafe(format!("SELECT {word}::text"));
    let row = (&pool).fetch_optional(sqlx::raw_sql(sql)).await?;
    Ok(row.map_or("nothing".to_owned(), |row| row.get(0)))
}

/// sqlx does not read the answer to it: what came after had the answer before.
#[tokio::test]
async fn a_copy_left_half_way_shifts_no_answers() {
    for options in [PoolOptions::new(), behind_a_proxy()] {
        let (served, _) = with(options).await;
        let routes = povery::routes![copies, said];
        let client = TestClient::new(App::new().routes(routes).pool(served));
        for word in 0..6 {
            if word % 2 == 0 {
                assert_eq!(client.get("/copies").send().await.status(), 204);
            }
            let answer = client.get(&format!("/said/{word}")).send().await;
            assert_eq!(
                (answer.status().as_u16(), answer.text()),
                (200, &*word.to_string())
            );
        }
    }
}

#[povery::route(GET, "/given-up")]
async fn given_up(pool: Pool) {
    let sleep = || sqlx::query("SELECT pg_sleep(20)").execute(&pool);
    let work = join_all((0..8).map(|_| sleep()));
    assert!(timeout(Duration::from_millis(300), work).await.is_err());
}

/// An answer waits 100 ms for what is left on its connections, however many they are.
#[tokio::test]
async fn what_is_left_on_many_connections_ends_at_once() {
    let served = pool(8).await;
    drop(join_all((0..8).map(|_| served.acquire())).await);
    let routes = povery::routes![given_up];
    let client = TestClient::new(App::new().routes(routes).pool(served.clone()));
    let request = client.get("/given-up");
    let since = Instant::now();
    let deadline = Deadline::after(Duration::from_secs(20));
    let answer = request.deadline(deadline).send().await;
    assert_eq!(answer.status(), 204);
    assert_eq!(served.stats().discards.busy, 8);
    // Eight in a row would take 800 ms more.
    assert!(
        since.elapsed() < Duration::from_millis(900),
        "{:?}",
        since.elapsed()
    );
}

#[povery::route(GET, "/late")]
async fn late(pool: Pool) -> Result<(), PoveryError> {
    tokio::time::sleep(Duration::from_millis(600)).await;
    sqlx::query("SELECT 1").execute(&pool).await?;
    Ok(())
}

#[tokio::test]
async fn what_has_no_time_to_answer_is_not_broken() {
    let served = pool(2).await;
    drop(join_all((0..2).map(|_| served.acquire())).await);
    let client = TestClient::new(
        App::new()
            .routes(povery::routes![late])
            .pool(served.clone()),
    );
    let request = client.get("/late");
    let deadline = Deadline::after(Duration::from_millis(1_000));
    assert_eq!(request.deadline(deadline).send().await.status(), 504);
    let stats = served.stats();
    assert_eq!(
        (stats.idle, stats.connects, stats.connect_failures),
        (2, 2, 0)
    );
}

#[tokio::test]
async fn what_is_not_to_be_written_is_no_failover() {
    let pool = pool(2).await;
    drop(join_all((0..2).map(|_| pool.acquire())).await);
    let mut tx = Tx::begin_with(ReadOnly, &pool);
    let delete = sqlx::query("DELETE FROM users").execute(&mut tx).await;
    let error = delete.unwrap_err();
    let code = error.as_database_error().and_then(|error| error.code());
    assert_eq!(code.as_deref(), Some("25006"));
    drop(tx);
    let stats = pool.stats();
    assert_eq!((stats.discards.read_only, stats.idle), (0, 2));
}

#[tokio::test]
async fn a_conflict_that_the_work_hides_is_run_again() {
    let (pool, beside) = numbers().await;
    let mut runs = 0;
    let result: Result<(), sqlx::Error> = pool
        .transaction(|mut tx| {
            runs += 1;
            let first = runs == 1;
            async move {
                if first {
                    let conflict =
                        "DO $$ BEGIN RAISE EXCEPTION 'x' USING ERRCODE = '40001'; END $$";
                    let _ = sqlx::raw_sql(conflict).execute(&mut tx).await;
                    return Ok(());
                }
                insert(&mut tx, 7).await.map(drop)
            }
        })
        .await;
    result.unwrap();
    assert_eq!((runs, all(&beside).await), (2, vec![7]));
}

#[tokio::test]
async fn no_time_is_too_long_and_no_pool_too_large() {
    let options = PoolOptions::new()
        .size(usize::MAX)
        .ping_timeout(Duration::MAX)
        .acquire_timeout(Duration::MAX);
    let pool = Pool::with_options(credentials().await, options);
    for _ in 0..2 {
        let one = sqlx::query("SELECT 1").execute(&pool).await;
        one.unwrap();
    }
    assert_eq!(pool.stats().connects, 1);
}
