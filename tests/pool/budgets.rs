//! How many connections there are, how long anyone waits for one, and how old they become.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use povery::prelude::*;
use povery::test::TestClient;
use povery::{Credentials, PoolOptions};
use tokio::io::AsyncWriteExt;
use tokio::net::TcpListener;

use super::{backend, credentials, pool};

#[povery::route(GET, "/nested")]
async fn nested(pool: Pool) -> Result<String, PoveryError> {
    let _one = pool.acquire().await?;
    let _two = pool.acquire().await?;
    let error = sqlx::query("SELECT 1").execute(&pool).await.unwrap_err();
    Err(PoveryError::unavailable(error.to_string()))
}

#[tokio::test]
async fn a_handler_that_exhausts_its_own_pool_is_told_so() {
    let options = PoolOptions::new()
        .size(2)
        .acquire_timeout(Duration::from_millis(300));
    let served = Pool::with_options(credentials().await, options);
    let client = TestClient::new(
        App::new()
            .routes(povery::routes![nested])
            .pool(served.clone()),
    );
    let since = Instant::now();
    let answer = client.get("/nested").send().await;
    assert!(
        since.elapsed() < Duration::from_secs(3),
        "{:?}",
        since.elapsed()
    );
    assert_eq!(answer.status(), 503);
    let told = answer.error().message;
    assert!(
        told.contains("holds all 2 connections of its pool"),
        "{told}"
    );
    let stats = served.stats();
    assert_eq!(
        (stats.waits, stats.timeouts, stats.in_use),
        (1, 1, 0),
        "{stats:?}"
    );
}

#[tokio::test]
async fn connections_that_are_too_old_or_idle_for_too_long_are_replaced() {
    let moment = Duration::from_millis(150);
    for options in [
        PoolOptions::new().max_lifetime(moment),
        PoolOptions::new().idle_timeout(moment),
    ] {
        let pool = Pool::with_options(credentials().await, options.size(1));
        let first = backend(&pool).await;
        assert_eq!(backend(&pool).await, first);
        tokio::time::sleep(moment * 2).await;
        assert_ne!(backend(&pool).await, first);
        assert_eq!(pool.stats().discards.age, 1);
    }
}

#[tokio::test]
async fn each_new_connection_is_told_what_the_options_say() {
    let told = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&told);
    let options = PoolOptions::new().size(1).after_connect(move |connection| {
        count.fetch_add(1, Ordering::SeqCst);
        Box::pin(async move {
            sqlx::query("SET search_path = pg_catalog")
                .execute(connection)
                .await?;
            Ok(())
        })
    });
    let pool = Pool::with_options(credentials().await, options);
    for _ in 0..3 {
        let path: String = sqlx::query_scalar("SHOW search_path")
            .fetch_one(&pool)
            .await
            .unwrap();
        assert_eq!(path, "pg_catalog");
    }
    assert_eq!(told.load(Ordering::SeqCst), 1);
}

/// A server that is full (53300) as often as it is asked to be, before it leads to the real one.
async fn full(times: usize) -> (Credentials, Arc<AtomicUsize>) {
    let database = povery_tests::database::users_database().await;
    let server = (database.host, database.port);
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let asked = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&asked);
    tokio::spawn(async move {
        while let Ok((mut client, _)) = listener.accept().await {
            if count.fetch_add(1, Ordering::SeqCst) < times {
                let error = b"SFATAL\0VFATAL\0C53300\0Msorry, too many clients already\0\0";
                let mut message = vec![b'E'];
                message.extend(u32::try_from(error.len() + 4).unwrap().to_be_bytes());
                message.extend(error);
                let _ = client.write_all(&message).await;
                // What the client has said is read, or it would see a reset.
                let mut said = [0; 1024];
                let _ = tokio::io::AsyncReadExt::read(&mut client, &mut said).await;
                continue;
            }
            let mut server = tokio::net::TcpStream::connect(server).await.unwrap();
            tokio::spawn(
                async move { tokio::io::copy_bidirectional(&mut client, &mut server).await },
            );
        }
    });
    let credentials: Credentials = database.into();
    (credentials.with_port(port), asked)
}

#[tokio::test]
async fn a_full_server_is_asked_again_with_growing_pauses() {
    let (credentials, asked) = full(3).await;
    let pool = Pool::new(credentials, 1);
    let since = Instant::now();
    assert!(backend(&pool).await > 0);
    // Of 50, 100 and 200 ms at least the half.
    assert!(
        since.elapsed() >= Duration::from_millis(175),
        "{:?}",
        since.elapsed()
    );
    assert_eq!(asked.load(Ordering::SeqCst), 4);
    let (credentials, asked) = full(usize::MAX).await;
    let options = PoolOptions::new().acquire_timeout(Duration::from_secs(1));
    let pool = Pool::with_options(credentials, options);
    let since = Instant::now();
    let error = pool.acquire().await.unwrap_err();
    assert!(
        since.elapsed() < Duration::from_secs(2),
        "{:?}",
        since.elapsed()
    );
    assert_eq!(error.as_database_error().unwrap().code().unwrap(), "53300");
    assert_eq!(PoveryError::from(error).status(), 503);
    let asked = asked.load(Ordering::SeqCst);
    assert!((4..=8).contains(&asked), "{asked}");
}

#[tokio::test]
async fn a_plain_pool_of_sqlx_is_made_of_the_same_credentials() {
    let credentials = credentials().await;
    let ours = Pool::new(credentials, 1);
    let options = ours.connect_options().await.unwrap();
    let plain = sqlx::postgres::PgPoolOptions::new().connect_lazy_with(options);
    let name = "SELECT current_database()::text";
    let theirs: String = sqlx::query_scalar(name).fetch_one(&plain).await.unwrap();
    let own: String = sqlx::query_scalar(name).fetch_one(&ours).await.unwrap();
    assert_eq!(own, theirs);
    plain.close().await;
}

#[tokio::test]
async fn what_a_pool_does_is_counted() {
    let pool = pool(2).await;
    for _ in 0..3 {
        backend(&pool).await;
    }
    let stats = pool.stats();
    assert_eq!(
        (stats.connects, stats.acquires, stats.validations),
        (1, 3, 2),
        "{stats:?}"
    );
    assert_eq!(
        (stats.size, stats.idle, stats.in_use),
        (2, 1, 0),
        "{stats:?}"
    );
    let held = pool.acquire().await.unwrap();
    assert_eq!((pool.stats().idle, pool.stats().in_use), (0, 1));
    drop(held);
    pool.close().await;
    assert_eq!(pool.stats().discards.closed, 1);
}
