//! What the pool does about connections that are dead, hung, in use or refused.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use povery::{CredentialFuture, CredentialSource, Credentials, Pool, PoolOptions, Want};
use povery_tests::database::{execute, users_database};
use rustix::process::{Pid, Signal, kill_process};

use super::{backend, pool};

fn signal(backend: i32, signal: Signal) {
    kill_process(Pid::from_raw(backend).expect("a process id"), signal)
        .expect("the backend is ours");
}

async fn is_there(pool: &Pool, pid: i32) -> bool {
    let count: i64 = sqlx::query_scalar("SELECT count(*) FROM pg_stat_activity WHERE pid = $1")
        .bind(pid)
        .fetch_one(pool)
        .await
        .expect("the database answers");
    count > 0
}

#[tokio::test]
async fn a_backend_terminated_while_idle_is_replaced() {
    let (pool, other) = (pool(2).await, pool(1).await);
    for _ in 0..5 {
        let pid = backend(&pool).await;
        sqlx::query("SELECT pg_terminate_backend($1, 5000)")
            .bind(pid)
            .execute(&other)
            .await
            .unwrap();
        assert_ne!(backend(&pool).await, pid);
    }
}

#[tokio::test]
async fn a_backend_that_hangs_while_idle_is_replaced_within_the_time_of_a_ping() {
    let pool = pool(2).await;
    let pid = backend(&pool).await;
    signal(pid, Signal::STOP);
    let since = Instant::now();
    let next = backend(&pool).await;
    let took = since.elapsed();
    signal(pid, Signal::CONT);
    assert_ne!(next, pid);
    assert!(
        took >= Duration::from_millis(250) && took < Duration::from_secs(2),
        "{took:?}"
    );
    // Dropped, and so closed: the old backend ends once it runs again.
    for _ in 0..200 {
        if !is_there(&pool, pid).await {
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("the connection to {pid} was never closed");
}

#[tokio::test]
async fn statements_given_up_lose_no_slot() {
    let pool = pool(2).await;
    for round in 0..60 {
        let pool = pool.clone();
        let sleep = sqlx::query("SELECT pg_sleep(30)").execute(&pool);
        let given_up = tokio::time::timeout(Duration::from_millis(round % 7), sleep).await;
        assert!(given_up.is_err());
    }
    let (one, two) = tokio::join!(pool.acquire(), pool.acquire());
    for connection in [one, two] {
        let mut connection = connection.unwrap();
        let one: i32 = sqlx::query_scalar("SELECT 1")
            .fetch_one(&mut *connection)
            .await
            .unwrap();
        assert_eq!(one, 1);
    }
}

#[tokio::test]
async fn a_pool_in_use_is_an_error_after_its_time() {
    let pool = pool(1).await;
    let held = pool.acquire().await.unwrap();
    let since = Instant::now();
    let error = pool.acquire().await.unwrap_err();
    assert!(matches!(error, sqlx::Error::PoolTimedOut), "{error}");
    let took = since.elapsed();
    assert!(
        took >= Duration::from_millis(2_900) && took < Duration::from_secs(6),
        "{took:?}"
    );
    assert_eq!(povery::PoveryError::from(error).status(), 503);
    drop(held);
    backend(&pool).await;
}

#[tokio::test]
async fn whoever_waits_gets_the_connection_that_comes_back() {
    let pool = pool(1).await;
    let held = pool.acquire().await.unwrap();
    let waiting = tokio::spawn({
        let pool = pool.clone();
        async move { backend(&pool).await }
    });
    tokio::time::sleep(Duration::from_millis(50)).await;
    drop(held);
    let pid = waiting.await.unwrap();
    assert_eq!(backend(&pool).await, pid);
}

/// Gives `old` until they were refused, then `new`.
struct Rotating {
    old: Credentials,
    new: Credentials,
    refused: Arc<AtomicUsize>,
}

impl CredentialSource for Rotating {
    fn credentials(&self, want: Want) -> CredentialFuture<'_> {
        if want != Want::Kept {
            self.refused.fetch_add(1, Ordering::Relaxed);
        }
        let now = if self.refused.load(Ordering::Relaxed) > 0 {
            &self.new
        } else {
            &self.old
        };
        Box::pin(std::future::ready(Ok(now.clone())))
    }
}

/// Counts how often it was told to forget.
struct Forgetful(Credentials, Arc<AtomicUsize>);

impl CredentialSource for Forgetful {
    fn credentials(&self, _: Want) -> CredentialFuture<'_> {
        Box::pin(std::future::ready(Ok(self.0.clone())))
    }

    fn forget(&self) -> std::pin::Pin<Box<dyn Future<Output = ()> + Send + '_>> {
        self.1.fetch_add(1, Ordering::Relaxed);
        Box::pin(std::future::ready(()))
    }
}

#[tokio::test]
async fn a_pool_that_is_disconnected_connects_anew() {
    let database = users_database().await;
    let (forgot, watching) = (Arc::new(AtomicUsize::new(0)), pool(1).await);
    let pool = Pool::new(Forgetful(database.into(), Arc::clone(&forgot)), 2);
    let (one, two) = tokio::join!(backend(&pool), backend(&pool));
    let held = pool.acquire().await.unwrap();
    pool.disconnect().await;
    drop(held);
    assert_eq!(forgot.load(Ordering::Relaxed), 1);
    let gone = async {
        while is_there(&watching, one).await && is_there(&watching, two).await {
            tokio::task::yield_now().await;
        }
    };
    let gone = tokio::time::timeout(Duration::from_secs(10), gone).await;
    assert!(gone.is_ok(), "one was idle");
    let (three, four) = tokio::join!(backend(&pool), backend(&pool));
    assert!(three > 0 && four > 0);
}

async fn rotating(old: &str, new: &str) -> (Pool, Arc<AtomicUsize>) {
    let database = users_database().await;
    let role = database.database.replace("test", "role");
    execute(
        &database,
        &format!("CREATE ROLE {role} LOGIN PASSWORD 'right'"),
    )
    .await;
    let login = |password: &str| {
        Credentials::new(
            "127.0.0.1",
            &*role,
            password.to_owned(),
            &*database.database,
        )
        .with_port(database.port)
    };
    let refused = Arc::new(AtomicUsize::new(0));
    (
        Pool::new(
            Rotating {
                old: login(old),
                new: login(new),
                refused: Arc::clone(&refused),
            },
            4,
        ),
        refused,
    )
}

/// Keeps `old`, and does not answer the first time that it is asked for the current ones.
struct Late {
    old: Credentials,
    new: Credentials,
    asked: AtomicUsize,
}

impl CredentialSource for Late {
    fn credentials(&self, want: Want) -> CredentialFuture<'_> {
        let given = match want {
            Want::Kept => &self.old,
            _ if self.asked.fetch_add(1, Ordering::Relaxed) == 0 => {
                return Box::pin(std::future::pending());
            }
            _ => &self.new,
        };
        Box::pin(std::future::ready(Ok(given.clone())))
    }
}

#[tokio::test]
async fn a_password_that_was_refused_is_not_the_first_that_is_tried_later() {
    let database = users_database().await;
    let login = |password: String| {
        let (user, name) = (&*database.user, &*database.database);
        Credentials::new("127.0.0.1", user, password, name).with_port(database.port)
    };
    let right = secrecy::ExposeSecret::expose_secret(&database.password);
    let source = Late {
        old: login("wrong".to_owned()),
        new: login(right.to_owned()),
        asked: AtomicUsize::new(0),
    };
    let pool = Pool::new(source, 1);
    let error = pool.acquire().await.unwrap_err();
    assert_eq!(error.as_database_error().unwrap().code().unwrap(), "28P01");
    assert!(backend(&pool).await > 0);
    assert_eq!(pool.stats().connect_failures, 1, "it was tried once");
}

/// Keeps a login, and does not answer who asks for another.
struct Hanging(Credentials);

impl CredentialSource for Hanging {
    fn credentials(&self, want: Want) -> CredentialFuture<'_> {
        match want {
            Want::Kept => Box::pin(std::future::ready(Ok(self.0.clone()))),
            _ => Box::pin(std::future::pending()),
        }
    }
}

/// Refused for a moment, as in a failover, while nobody can be asked for another login: the kept one is tried again.
#[tokio::test]
async fn a_login_that_is_let_in_again_needs_no_source() {
    let database = users_database().await;
    let role = database.database.replace("test", "role");
    execute(&database, &format!("CREATE ROLE {role} PASSWORD 'right'")).await;
    let login = Credentials::new("127.0.0.1", &*role, "right", &*database.database);
    let source = Hanging(login.with_port(database.port));
    let options = PoolOptions::new()
        .size(1)
        .acquire_timeout(Duration::from_millis(400));
    let pool = Pool::with_options(source, options);
    assert!(pool.acquire().await.is_err(), "it may not log in");
    execute(&database, &format!("ALTER ROLE {role} LOGIN")).await;
    // One acquire may ask in vain; no more than that.
    let first = pool.acquire().await.map(drop);
    assert!(first.is_ok() || pool.acquire().await.is_ok());
}

#[tokio::test]
async fn a_refused_password_is_asked_for_again() {
    let (pool, refused) = rotating("wrong", "right").await;
    let all = tokio::join!(
        backend(&pool),
        backend(&pool),
        backend(&pool),
        backend(&pool)
    );
    assert!(all.0 > 0);
    let refused = refused.load(Ordering::Relaxed);
    assert!((1..=4).contains(&refused), "{refused}");
}

#[tokio::test]
async fn a_password_refused_for_good_is_an_error_at_the_end_of_the_time() {
    let (pool, refused) = rotating("wrong", "wrong").await;
    let since = Instant::now();
    let error = pool.acquire().await.unwrap_err();
    let took = since.elapsed();
    assert_eq!(error.as_database_error().unwrap().code().unwrap(), "28P01");
    assert_eq!(povery::PoveryError::from(error).status(), 503);
    assert!(
        took >= Duration::from_millis(2_500) && took < Duration::from_secs(5),
        "{took:?}"
    );
    let stats = pool.stats();
    assert_eq!(
        stats.refreshes as usize,
        refused.load(Ordering::Relaxed),
        "each one is counted"
    );
    // The current ones and the pending ones, then with growing pauses: no storm.
    assert!((5..=12).contains(&stats.refreshes), "{stats:?}");
    // The first attempt, and one after each pause; the source had nothing else in between.
    assert_eq!(stats.connect_failures, stats.refreshes - 1, "{stats:?}");
}
