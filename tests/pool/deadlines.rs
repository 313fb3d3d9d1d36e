//! A statement ends before its invocation does, at the client and at the server.

use std::time::{Duration, Instant};

use povery::prelude::*;
use povery::test::{TestClient, TestResponse};
use povery::{Credentials, Deadline, PoolMode, PoolOptions};
use povery_tests::database::{execute, users_database};

use super::{backend, credentials, pool};

#[povery::route(GET, "/sleep")]
async fn sleep(pool: Pool) -> Result<(), PoveryError> {
    sqlx::query("SELECT pg_sleep(60)").execute(&pool).await?;
    Ok(())
}

/// On sqlx's own connection, which the client cannot bound.
#[povery::route(GET, "/sleep/raw")]
async fn sleep_raw(pool: Pool) -> Result<(), PoveryError> {
    let mut connection = pool.acquire().await?;
    sqlx::query("SELECT pg_sleep(60)")
        .execute(&mut *connection)
        .await?;
    Ok(())
}

#[povery::route(GET, "/sleep/connection")]
async fn sleep_connection(pool: Pool) -> Result<(), PoveryError> {
    let mut connection = pool.acquire().await?;
    sqlx::query("SELECT pg_sleep(60)")
        .execute(&mut connection)
        .await?;
    Ok(())
}

#[povery::route(POST, "/sleep/tx")]
async fn sleep_tx(mut tx: Tx) -> Result<(), PoveryError> {
    sqlx::query("SELECT 1").execute(&mut tx).await?;
    sqlx::query("SELECT pg_sleep(60)").execute(&mut tx).await?;
    Ok(())
}

/// Nobody waits for it: it is dropped with the handler.
#[povery::route(POST, "/forgotten")]
async fn forgotten(mut tx: Tx) -> Result<(), PoveryError> {
    sqlx::query("SELECT 1").execute(&mut tx).await?;
    let statement = sqlx::query("SELECT pg_sleep(60)").execute(&mut tx);
    let given_up = tokio::time::timeout(Duration::from_millis(50), statement).await;
    assert!(given_up.is_err());
    Ok(())
}

#[povery::route(GET, "/limits")]
async fn limits(pool: Pool) -> Result<String, PoveryError> {
    let all = "SELECT current_setting('statement_timeout') || ' ' || \
               current_setting('idle_in_transaction_session_timeout')";
    Ok(sqlx::query_scalar(all).fetch_one(&pool).await?)
}

/// What a transaction has that begins when half of the time is over.
#[povery::route(GET, "/limits/later")]
async fn limits_later(pool: Pool, mut tx: Tx) -> Result<String, PoveryError> {
    sqlx::query("SELECT 1").execute(&pool).await?;
    tokio::time::sleep(Duration::from_millis(500)).await;
    Ok(sqlx::query_scalar("SHOW statement_timeout")
        .fetch_one(&mut tx)
        .await?)
}

fn app(pool: Pool) -> TestClient {
    TestClient::new(
        App::new()
            .routes(povery::routes![
                sleep,
                sleep_raw,
                sleep_connection,
                sleep_tx,
                forgotten,
                limits,
                limits_later
            ])
            .pool(pool),
    )
}

async fn send(client: &TestClient, method: &str, path: &str, left: Duration) -> TestResponse {
    let request = client.request(method.parse().unwrap(), path);
    request.deadline(Deadline::after(left)).send().await
}

async fn sleepers(watching: &Pool) -> i64 {
    sqlx::query_scalar(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() \
         AND pid <> pg_backend_pid() AND state <> 'idle'",
    )
    .fetch_one(watching)
    .await
    .unwrap()
}

#[tokio::test]
async fn a_statement_is_given_up_and_gone_from_the_server_by_the_end() {
    let credentials = credentials().await;
    let (served, watching) = (Pool::new(credentials.clone(), 2), Pool::new(credentials, 1));
    backend(&watching).await;
    let client = app(served.clone());
    for (method, path) in [
        ("GET", "/sleep"),
        ("GET", "/sleep/raw"),
        ("GET", "/sleep/connection"),
        ("POST", "/sleep/tx"),
    ] {
        let (since, left) = (Instant::now(), Duration::from_secs(2));
        let answer = send(&client, method, path, left).await;
        let took = since.elapsed();
        assert_eq!(
            (answer.status().as_u16(), &*answer.error().code),
            (504, "TIMEOUT"),
            "{path}"
        );
        assert!(
            took >= Duration::from_millis(1_700) && took < left,
            "{path}: {took:?}"
        );
        tokio::time::sleep(left.saturating_sub(since.elapsed())).await;
        assert_eq!(
            sleepers(&watching).await,
            0,
            "{path}: it works on after the end"
        );
        // The next request is served as ever.
        let next = send(&client, "GET", "/limits", Duration::from_secs(10)).await;
        assert_eq!(next.status(), 200, "{path}");
    }
    assert_eq!(served.stats().in_use, 0);
}

#[tokio::test]
async fn what_a_handler_leaves_under_way_does_not_outlive_its_answer() {
    let credentials = credentials().await;
    let (served, watching) = (Pool::new(credentials.clone(), 2), Pool::new(credentials, 1));
    backend(&watching).await;
    let client = app(served.clone());
    let since = Instant::now();
    // The transaction cannot be committed while its statement runs.
    let answer = send(&client, "POST", "/forgotten", Duration::from_secs(1)).await;
    assert!(
        answer.status() == 503 || answer.status() == 504,
        "{}",
        answer.status()
    );
    assert!(
        since.elapsed() < Duration::from_secs(1),
        "{:?}",
        since.elapsed()
    );
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert_eq!(sleepers(&watching).await, 0);
}

fn milliseconds(text: &str) -> u64 {
    let (number, unit) = text.split_at(
        text.find(|c: char| !c.is_ascii_digit())
            .unwrap_or(text.len()),
    );
    let unit = match unit {
        "s" => 1_000,
        "ms" | "" => 1,
        unit => panic!("{unit}"),
    };
    number.parse::<u64>().unwrap() * unit
}

#[tokio::test]
async fn the_server_has_the_time_that_is_left_or_what_the_role_has() {
    let database = users_database().await;
    let role = database.database.replace("test", "role");
    let sql = format!(
        "CREATE ROLE {role} LOGIN PASSWORD 'right'; ALTER ROLE {role} SET statement_timeout = '7s'"
    );
    execute(&database, &sql).await;
    let credentials =
        Credentials::new("127.0.0.1", &*role, "right".to_owned(), &*database.database)
            .with_port(database.port);
    let served = Pool::new(credentials, 2);
    let client = app(served.clone());
    for (left, statement) in [(5, 4_000..=4_750), (60, 7_000..=7_000), (3, 2_000..=2_750)] {
        let answer = send(&client, "GET", "/limits", Duration::from_secs(left)).await;
        let text = answer.text();
        let (now, idle) = text.split_once(' ').unwrap();
        assert!(statement.contains(&milliseconds(now)), "{left}: {text}");
        let idle = milliseconds(idle);
        assert!(
            idle > left * 1_000 && idle <= left * 1_000 + 1_000,
            "{left}: {text}"
        );
    }
    // The connections are the same, and no invocation has them now.
    let outside: String = sqlx::query_scalar("SHOW statement_timeout")
        .fetch_one(&served)
        .await
        .unwrap();
    assert_eq!(outside, "7s");
    assert_eq!(served.stats().connects, 1);
    let without = client.get("/limits").send().await.text().to_owned();
    assert_eq!(without, "7s 0");
    // A transaction that begins late shortens it for itself.
    let later = send(&client, "GET", "/limits/later", Duration::from_secs(2)).await;
    let later = milliseconds(later.text());
    assert!((700..=1_250).contains(&later), "{later}");
}

/// Behind a proxy a session is everybody's.
#[tokio::test]
async fn a_proxy_is_told_nothing_and_asked_for_no_named_statement() {
    let options = PoolOptions::new().size(1).mode(PoolMode::Proxy);
    let served = Pool::with_options(credentials().await, options);
    let client = app(served.clone());
    let answer = send(&client, "GET", "/limits", Duration::from_secs(5)).await;
    assert_eq!(answer.text(), "0 0");
    let mut connection = served.acquire().await.unwrap();
    let two: i32 = sqlx::query_scalar("SELECT 1 + $1")
        .bind(1)
        .fetch_one(&mut connection)
        .await
        .unwrap();
    assert_eq!(two, 2);
    let named: i64 =
        sqlx::query_scalar("SELECT count(*) FROM pg_prepared_statements WHERE name <> ''")
            .fetch_one(&mut connection)
            .await
            .unwrap();
    assert_eq!(named, 0);
    let checks: String = sqlx::query_scalar("SHOW client_connection_check_interval")
        .fetch_one(&mut connection)
        .await
        .unwrap();
    assert_eq!(checks, "0");
    drop(connection);
    // A backend that has died is found by `SELECT 1`.
    let (pid, other) = (backend(&served).await, pool(1).await);
    sqlx::query("SELECT pg_terminate_backend($1, 5000)")
        .bind(pid)
        .execute(&other)
        .await
        .unwrap();
    assert_ne!(backend(&served).await, pid);
    // The client bounds what the server does not.
    let answer = send(&client, "GET", "/sleep", Duration::from_secs(1)).await;
    assert_eq!(answer.status(), 504);
    assert_eq!(served.stats().discards.deadline, 1);
}
