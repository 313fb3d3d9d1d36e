//! `Tx` as an argument: what the answer is decides what becomes of it, before the answer is given.

use std::time::{Duration, Instant};

use bytes::Bytes;
use http_body_util::Full;
use povery::prelude::*;
use povery::test::{TestClient, TestResponse};
use povery::{Body, Deadline, ReadOnly, Serializable};
use sqlx::Connection;
use tower::ServiceExt;

use super::credentials;

const INSERT: &str = "INSERT INTO numbers VALUES (1)";

async fn insert(tx: &mut Tx) -> Result<(), PoveryError> {
    sqlx::query(INSERT).execute(tx).await?;
    Ok(())
}

/// The answer has the status that is asked for.
#[povery::route(POST, "/status/<status>")]
async fn status(status: u16, mut tx: Tx) -> Result<StatusCode, PoveryError> {
    insert(&mut tx).await?;
    StatusCode::from_u16(status).map_err(PoveryError::internal)
}

#[povery::route(POST, "/error")]
async fn error(mut tx: Tx) -> Result<(), PoveryError> {
    insert(&mut tx).await?;
    Err(PoveryError::conflict("no"))
}

#[povery::route(POST, "/panic")]
async fn panics(mut tx: Tx) -> Result<(), PoveryError> {
    insert(&mut tx).await?;
    panic!("on the way")
}

#[povery::route(POST, "/never")]
async fn never(mut tx: Tx) -> Result<(), PoveryError> {
    insert(&mut tx).await?;
    std::future::pending().await
}

#[povery::route(POST, "/none")]
async fn none(_tx: Tx) -> &'static str {
    "nothing was begun"
}

#[povery::route(POST, "/two")]
async fn two(mut one: Tx, mut two: Tx) -> Result<(), PoveryError> {
    insert(&mut one).await?;
    let seen: i64 = sqlx::query_scalar("SELECT count(*) FROM numbers")
        .fetch_one(&mut two)
        .await?;
    assert_eq!(seen, 1, "it is one transaction");
    Ok(())
}

#[povery::route(POST, "/modes")]
async fn modes(_one: Tx, _two: Tx<(Serializable, ReadOnly)>) {}

#[povery::route(POST, "/serializable")]
async fn serializable(mut tx: Tx<Serializable>) -> Result<String, PoveryError> {
    let shown = sqlx::query_scalar("SHOW transaction_isolation").fetch_one(&mut tx);
    Ok(shown.await?)
}

#[povery::route(POST, "/deferred")]
async fn deferred(mut tx: Tx) -> Result<StatusCode, PoveryError> {
    sqlx::query("INSERT INTO notes VALUES (7)")
        .execute(&mut tx)
        .await?;
    Ok(StatusCode::CREATED)
}

/// The handler hides that a statement has failed.
#[povery::route(POST, "/hidden")]
async fn hidden(mut tx: Tx) -> Result<StatusCode, PoveryError> {
    insert(&mut tx).await?;
    let _ = insert(&mut tx).await;
    Ok(StatusCode::CREATED)
}

#[povery::route(POST, "/savepoint")]
async fn savepoint(mut tx: Tx) -> Result<(), PoveryError> {
    insert(&mut tx).await?;
    let mut connection = tx.connection().await?;
    let mut savepoint = connection.begin().await?;
    assert!(sqlx::query(INSERT).execute(&mut *savepoint).await.is_err());
    savepoint.rollback().await?;
    Ok(())
}

#[povery::route(POST, "/own-end")]
async fn own_end(mut tx: Tx) -> Result<String, PoveryError> {
    insert(&mut tx).await?;
    let error = tx.commit().await.err();
    Ok(error.map_or_else(String::new, |error| error.to_string()))
}

/// The transaction is over once the answer begins.
#[povery::route(POST, "/stream")]
async fn stream(mut tx: Tx) -> Result<Body, PoveryError> {
    insert(&mut tx).await?;
    let late = async move {
        let error = sqlx::query(INSERT).execute(&mut tx).await.unwrap_err();
        Ok::<_, povery::BoxError>(error.to_string())
    };
    Ok(Body::from_stream(futures_util::stream::once(late)))
}

struct Bench {
    app: App,
    client: TestClient,
    served: Pool,
    watching: Pool,
}

async fn bench() -> Bench {
    let credentials = credentials().await;
    let (served, watching) = (Pool::new(credentials.clone(), 2), Pool::new(credentials, 1));
    let tables = "CREATE TABLE numbers (n int PRIMARY KEY); \
                  CREATE TABLE notes (n int REFERENCES numbers DEFERRABLE INITIALLY DEFERRED)";
    sqlx::raw_sql(tables).execute(&watching).await.unwrap();
    let app = App::new()
        .routes(povery::routes![
            status,
            error,
            panics,
            never,
            none,
            two,
            modes,
            serializable,
            deferred,
            hidden,
            savepoint,
            own_end,
            stream
        ])
        .pool(served.clone());
    Bench {
        client: TestClient::new(app.clone()),
        app,
        served,
        watching,
    }
}

impl Bench {
    async fn post(&self, path: &str) -> TestResponse {
        self.client.post(path).send().await
    }

    /// What is stored, and how many transactions are open, as they are now.
    async fn state(&self) -> (i64, i64) {
        sqlx::query_as(
            "SELECT (SELECT count(*) FROM numbers), (SELECT count(*) FROM pg_stat_activity \
             WHERE datname = current_database() AND pid <> pg_backend_pid() AND xact_start IS NOT NULL)",
        )
        .fetch_one(&self.watching)
        .await
        .unwrap()
    }

    async fn empty(&self) {
        sqlx::query("DELETE FROM numbers")
            .execute(&self.watching)
            .await
            .unwrap();
    }
}

#[tokio::test]
async fn it_is_committed_before_a_success_is_answered_and_only_then() {
    let bench = bench().await;
    for (path, status, stored) in [
        ("/status/200", 200, 1),
        ("/status/201", 201, 1),
        ("/status/303", 303, 1),
        ("/status/400", 400, 0),
        ("/status/404", 404, 0),
        ("/status/500", 500, 0),
        ("/error", 409, 0),
        ("/panic", 500, 0),
        ("/two", 204, 1),
        ("/savepoint", 204, 1),
        ("/stream", 200, 1),
        ("/hidden", 500, 0),
    ] {
        let answer = bench.post(path).await;
        // No wait: what the answer says is so by now.
        assert_eq!(bench.state().await, (stored, 0), "{path}");
        assert_eq!(answer.status(), status, "{path}");
        bench.empty().await;
    }
    assert_eq!(
        bench.served.stats().connects,
        1,
        "one connection served all"
    );
    assert_eq!(bench.served.stats().in_use, 0);
}

#[tokio::test]
async fn a_request_that_runs_no_statement_has_no_transaction() {
    let bench = bench().await;
    assert_eq!(bench.post("/none").await.text(), "nothing was begun");
    assert_eq!(bench.served.stats().acquires, 0);
}

#[tokio::test]
async fn at_the_end_of_the_time_it_is_rolled_back_before_the_504() {
    let bench = bench().await;
    let (since, left) = (Instant::now(), Duration::from_secs(1));
    let request = bench.client.post("/never").deadline(Deadline::after(left));
    let answer = request.send().await;
    assert!(since.elapsed() < left, "{:?}", since.elapsed());
    assert_eq!(answer.status(), 504);
    assert_eq!(bench.state().await, (0, 0));
}

#[tokio::test]
async fn a_request_that_is_dropped_is_rolled_back() {
    let bench = bench().await;
    let request = http::Request::post("/never")
        .body(Full::new(Bytes::new()))
        .unwrap();
    let answer = bench.app.clone().oneshot(request);
    let dropped = tokio::time::timeout(Duration::from_millis(500), answer).await;
    assert!(dropped.is_err());
    let since = Instant::now();
    while bench.state().await != (0, 0) {
        assert!(since.elapsed() < Duration::from_secs(1), "it is still open");
    }
    assert_eq!(bench.post("/status/201").await.status(), 201);
}

#[tokio::test]
async fn two_modes_in_one_request_are_a_mistake_that_the_log_explains() {
    let bench = bench().await;
    assert_eq!(bench.post("/modes").await.status(), 500);
    assert_eq!(bench.served.stats().acquires, 0);
    assert_eq!(bench.post("/serializable").await.text(), "serializable");
}

#[tokio::test]
async fn a_deferred_constraint_is_answered_by_its_sqlstate() {
    let bench = bench().await;
    let answer = bench.post("/deferred").await;
    assert_eq!(
        (answer.status().as_u16(), &*answer.error().code),
        (409, "CONFLICT")
    );
    assert_eq!(bench.post("/status/201").await.status(), 201);
}

#[tokio::test]
async fn nothing_else_ends_the_transaction_of_a_request() {
    let bench = bench().await;
    let answer = bench.post("/own-end").await;
    assert!(
        answer.text().contains("ends with its answer"),
        "{}",
        answer.text()
    );
    assert_eq!(bench.state().await, (1, 0), "and the answer was a success");
    bench.empty().await;
    let answer = bench.post("/stream").await;
    assert!(
        answer.text().contains("the transaction has ended"),
        "{}",
        answer.text()
    );
}
