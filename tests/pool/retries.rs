//! What is run a second time, and what never is.

use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use povery::prelude::*;
use povery::test::TestClient;
use povery::{Credentials, PoolOptions};
use povery_tests::database::{execute, users_database};

use super::proxy::{Breaking, breaking};
use super::{backend, pool};

/// Terminates the connection that its next statement will have.
async fn cut(pool: &Pool, other: &Pool) {
    let pid = backend(pool).await;
    sqlx::query("SELECT pg_terminate_backend($1, 5000)")
        .bind(pid)
        .execute(other)
        .await
        .unwrap();
}

#[povery::route(GET, "/plain")]
async fn plain(pool: Pool, other: State<Pool>) -> Result<Json<i32>, PoveryError> {
    cut(&pool, &other).await;
    Ok(Json(
        sqlx::query_scalar("SELECT $1::int4")
            .bind(7)
            .fetch_one(&pool)
            .await?,
    ))
}

/// All four ways to run a statement.
#[povery::route(PUT, "/idempotent", idempotent)]
async fn repeated(pool: Pool, other: State<Pool>) -> Result<Json<Vec<i32>>, PoveryError> {
    use futures_util::TryStreamExt;
    let mut all = Vec::new();
    let query = || sqlx::query_scalar::<_, i32>("SELECT $1::int4").bind(7);
    cut(&pool, &other).await;
    all.push(query().fetch_one(&pool).await?);
    cut(&pool, &other).await;
    all.extend(query().fetch_all(&pool).await?);
    cut(&pool, &other).await;
    all.extend(query().fetch(&pool).try_collect::<Vec<i32>>().await?);
    cut(&pool, &other).await;
    sqlx::query("SELECT 1").execute(&pool).await?;
    Ok(Json(all))
}

/// A connection of one's own is the handler's to replace, and a transaction is never run again by itself.
#[povery::route(PUT, "/connection", idempotent)]
async fn connection(pool: Pool, other: State<Pool>) -> Result<(), PoveryError> {
    cut(&pool, &other).await;
    let mut connection = pool.acquire().await?;
    sqlx::query("SELECT 1").execute(&mut connection).await?;
    Ok(())
}

#[povery::route(PUT, "/tx", idempotent)]
async fn in_tx(mut tx: Tx, other: State<Pool>) -> Result<(), PoveryError> {
    let pid: i32 = sqlx::query_scalar("SELECT pg_backend_pid()")
        .fetch_one(&mut tx)
        .await?;
    sqlx::query("SELECT pg_terminate_backend($1, 5000)")
        .bind(pid)
        .execute(&*other)
        .await?;
    // Hidden, but a success must not be answered.
    let _ = sqlx::query("SELECT 1").execute(&mut tx).await;
    Ok(())
}

#[tokio::test]
async fn only_a_statement_through_the_pool_of_an_idempotent_route_is_run_again() {
    let served = pool(2).await;
    let routes = povery::routes![plain, repeated, connection, in_tx];
    let app = App::new()
        .routes(routes)
        .pool(served.clone())
        .state(pool(1).await);
    app.check().unwrap();
    let client = TestClient::new(app);
    let answer = client.get("/plain").send().await;
    assert_eq!(answer.status(), 503);
    assert_eq!(answer.header("retry-after"), Some("1"));
    assert_eq!(client.put("/connection").send().await.status(), 503);
    let answer = client.put("/tx").send().await;
    assert_eq!(answer.status(), 503);
    assert!(
        answer.error().message.contains("Nothing was stored"),
        "{}",
        answer.error().message
    );
    assert_eq!(served.stats().retries, 0);
    let answer = client.put("/idempotent").send().await;
    assert_eq!(
        (answer.status().as_u16(), answer.json::<Vec<i32>>()),
        (200, vec![7, 7, 7])
    );
    assert_eq!(served.stats().retries, 4);
}

const INSERT: &str = "INSERT INTO numbers DEFAULT VALUES -- marked";
const MARK: &[u8] = b"INSERT INTO numbers DEFAULT VALUES -- marked";

#[povery::route(POST, "/insert")]
async fn insert(pool: Pool) -> Result<(), PoveryError> {
    sqlx::raw_sql(INSERT).execute(&pool).await?;
    Ok(())
}

#[povery::route(POST, "/insert/tx", idempotent)]
async fn insert_tx(mut tx: Tx) -> Result<(), PoveryError> {
    sqlx::raw_sql(INSERT).execute(&mut tx).await?;
    Ok(())
}

async fn stored(direct: &Pool) -> i64 {
    sqlx::query_scalar("SELECT count(*) FROM numbers")
        .fetch_one(direct)
        .await
        .unwrap()
}

/// That many are stored, and no more come: the server may still be at the last one.
async fn are_stored(direct: &Pool, count: i64) {
    let since = Instant::now();
    while stored(direct).await < count && since.elapsed() < Duration::from_secs(5) {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert_eq!(stored(direct).await, count);
}

async fn inserting(word: &'static [u8]) -> (Breaking, Pool, TestClient) {
    let way = breaking(word).await;
    let direct = Pool::new(way.direct.clone(), 1);
    sqlx::raw_sql("CREATE TABLE numbers (n serial)")
        .execute(&direct)
        .await
        .unwrap();
    let served = Pool::new(way.credentials.clone(), 2);
    let app = App::new()
        .routes(povery::routes![insert, insert_tx])
        .pool(served);
    (way, direct, TestClient::new(app))
}

#[tokio::test]
async fn a_write_whose_answer_is_lost_is_not_written_twice() {
    let (way, direct, client) = inserting(MARK).await;
    assert_eq!(client.post("/insert").send().await.status(), 204);
    way.times.store(1, Ordering::SeqCst);
    assert_eq!(client.post("/insert").send().await.status(), 503);
    assert_eq!(way.said.load(Ordering::SeqCst), 2);
    are_stored(&direct, 2).await;
    assert_eq!(client.post("/insert").send().await.status(), 204);
}

#[tokio::test]
async fn a_commit_whose_answer_is_lost_is_never_sent_again() {
    let (way, direct, client) = inserting(b"COMMIT").await;
    assert_eq!(client.post("/insert/tx").send().await.status(), 204);
    way.times.store(1, Ordering::SeqCst);
    let answer = client.post("/insert/tx").send().await;
    assert_eq!(answer.status(), 503);
    assert_eq!(answer.header("retry-after"), Some("1"));
    assert!(
        answer.error().message.contains("outcome is unknown"),
        "{}",
        answer.error().message
    );
    assert_eq!(way.said.load(Ordering::SeqCst), 2, "one for each request");
    are_stored(&direct, 2).await;
    // Nor by a transaction that is run again as a whole.
    way.times.store(1, Ordering::SeqCst);
    let served = Pool::new(way.credentials.clone(), 1);
    let mut runs = 0;
    let result = served
        .transaction(|mut tx| {
            runs += 1;
            async move { sqlx::raw_sql(INSERT).execute(&mut tx).await.map(drop) }
        })
        .await;
    assert!(result.is_err());
    assert_eq!(runs, 1);
    are_stored(&direct, 3).await;
}

#[povery::route(PUT, "/write", idempotent)]
async fn write(pool: Pool) -> Result<(), PoveryError> {
    sqlx::query("DELETE FROM users").execute(&pool).await?;
    Ok(())
}

/// The old primary takes no more writes, and the next connection leads to the new one.
#[tokio::test]
async fn a_failover_discards_all_connections_and_a_write_may_be_run_again() {
    let database = users_database().await;
    let read_only = format!(
        "ALTER DATABASE {} SET default_transaction_read_only = on",
        database.database
    );
    execute(&database, &read_only).await;
    let credentials: Credentials = database.clone().into();
    let served = Pool::with_options(credentials, PoolOptions::new().size(3));
    let (one, two) = tokio::join!(backend(&served), backend(&served));
    assert_ne!(one, two);
    let reset = format!(
        "ALTER DATABASE {} RESET default_transaction_read_only",
        database.database
    );
    execute(&database, &format!("BEGIN READ WRITE; {reset}; COMMIT")).await;
    let client = TestClient::new(
        App::new()
            .routes(povery::routes![write])
            .pool(served.clone()),
    );
    assert_eq!(client.put("/write").send().await.status(), 204);
    let stats = served.stats();
    assert_eq!(
        (stats.discards.read_only, stats.retries, stats.connects),
        (2, 1, 3),
        "{stats:?}"
    );
}
