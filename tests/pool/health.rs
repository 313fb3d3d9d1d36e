//! `Health`: what it says, and that nothing else is touched by it.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use futures_util::future::join_all;
use povery::prelude::*;
use povery::test::{TestClient, TestResponse};
use povery::{Credentials, Database, Deadline, Health, Pool};
use povery_tests::database::users_database;
use povery_tests::fault_proxy::{FaultProxy, Way};
use secrecy::ExposeSecret;
use serde_json::{Value, json};

use super::{backend, pool};

struct Orders;

impl Database for Orders {
    const NAME: &'static str = "ORDERS";
}

#[povery::route(GET, "/health", hidden)]
async fn health(health: Health) -> Health {
    health
}

/// Holds the only connection of its pool.
#[povery::route(GET, "/busy")]
async fn busy(pool: Pool) -> Result<(), PoveryError> {
    sqlx::query("SELECT pg_sleep(0.6)").execute(&pool).await?;
    Ok(())
}

/// Takes a database that nobody has configured.
#[povery::route(GET, "/orders")]
async fn orders(pool: Pool<Orders>) -> Result<Json<i32>, PoveryError> {
    Ok(Json(sqlx::query_scalar("SELECT 1").fetch_one(&pool).await?))
}

/// An application of one connection, its pool, and the way to its database.
async fn behind_a_proxy() -> (TestClient, Pool, FaultProxy) {
    let database = users_database().await;
    let proxy = FaultProxy::start(SocketAddr::new(database.host, database.port)).await;
    let login = Credentials::new(
        "127.0.0.1",
        &*database.user,
        database.password.expose_secret().to_owned(),
        &*database.database,
    );
    let pool = Pool::new(login.with_port(proxy.port()), 1);
    let app = App::new().routes(povery::routes![health, busy]);
    (TestClient::new(app.pool(pool.clone())), pool, proxy)
}

/// The answer, less how long the server took.
fn told(answer: &TestResponse) -> (u16, Value) {
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    let mut body: Value = answer.json();
    if let Some(Value::Object(main)) = body.pointer_mut("/databases/main")
        && let Some(latency) = main.remove("latencyMs")
    {
        assert!(latency.as_u64().is_some_and(|latency| latency < 1_000));
    }
    (answer.status().as_u16(), body)
}

fn is(status: &str) -> Value {
    json!({"status": status, "databases": {"main": {"status": status}}, "secrets": {}})
}

#[tokio::test]
async fn it_says_whether_the_database_answers() {
    let (client, _, proxy) = behind_a_proxy().await;
    assert_eq!(told(&client.get("/health").send().await), (200, is("up")));
    for breaks in [false, true] {
        match breaks {
            false => proxy.set(Way::BlackHole),
            true => proxy.refuse().await,
        }
        tokio::time::sleep(Duration::from_millis(1_050)).await;
        let since = Instant::now();
        let answer = client.get("/health").send().await;
        assert_eq!(told(&answer), (503, is("down")), "{breaks}");
        assert!(since.elapsed() < Duration::from_millis(1_500));
        for secret in ["127.0.0.1", &proxy.port().to_string(), "SELECT"] {
            assert!(!answer.text().contains(secret), "{answer:?}");
        }
    }
    let head = client.head("/health").send().await;
    assert_eq!((head.status().as_u16(), head.bytes().len()), (503, 0));
    proxy.heal().await;
    tokio::time::sleep(Duration::from_millis(1_050)).await;
    assert_eq!(told(&client.get("/health").send().await), (200, is("up")));
}

#[tokio::test]
async fn it_takes_no_slot_and_is_counted_nowhere() {
    let (client, pool, proxy) = behind_a_proxy().await;
    let before = backend(&pool).await;
    let stats = pool.stats();
    let (busy, answer) = tokio::join!(client.get("/busy").send(), async {
        while pool.stats().acquires == stats.acquires {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        let counted = pool.stats();
        let since = Instant::now();
        let answer = client.get("/health").send().await;
        assert!(
            since.elapsed() < Duration::from_millis(400),
            "it waits for no slot"
        );
        assert_eq!(pool.stats(), counted);
        answer
    });
    assert_eq!(
        (busy.status().as_u16(), told(&answer)),
        (204, (200, is("up")))
    );
    assert_eq!(
        backend(&pool).await,
        before,
        "the pool has the connection that it had"
    );
    assert_eq!(
        (pool.stats().connects, proxy.accepted()),
        (stats.connects, 2)
    );
    proxy.refuse().await;
    tokio::time::sleep(Duration::from_millis(1_050)).await;
    let counted = pool.stats();
    assert_eq!(client.get("/health").send().await.status(), 503);
    assert_eq!(pool.stats(), counted);
}

#[tokio::test]
async fn however_often_it_is_asked_it_connects_once_a_second() {
    let (client, _, proxy) = behind_a_proxy().await;
    let since = Instant::now();
    while since.elapsed() < Duration::from_millis(2_500) {
        let all = join_all((0..20).map(|_| client.get("/health").send())).await;
        assert!(all.iter().all(|answer| answer.status() == 200));
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    assert!((2..=3).contains(&proxy.accepted()), "{}", proxy.accepted());

    // Those who go away before there is an answer do not make more of it.
    proxy.set(Way::BlackHole);
    tokio::time::sleep(Duration::from_millis(1_050)).await;
    let (before, since) = (proxy.accepted(), Instant::now());
    while since.elapsed() < Duration::from_millis(1_500) {
        let soon = Deadline::after(Duration::from_millis(40));
        assert_eq!(
            client.get("/health").deadline(soon).send().await.status(),
            504
        );
    }
    assert!(
        (1..=2).contains(&(proxy.accepted() - before)),
        "{}",
        proxy.accepted() - before
    );
}

#[tokio::test]
async fn every_database_of_the_application_is_asked_also_before_its_first_use() {
    let app = App::new().routes(povery::routes![health, busy, orders]);
    let client = TestClient::new(app.pool(pool(1).await));
    let answer = client.get("/health").send().await;
    let mut expected = is("down");
    expected["databases"] = json!({"main": {"status": "up"}, "ORDERS": {"status": "down"}});
    assert_eq!(told(&answer), (503, expected));

    let none = TestClient::new(App::new().routes(povery::routes![health]));
    let nothing = json!({"status": "up", "databases": {}, "secrets": {}});
    assert_eq!(told(&none.get("/health").send().await), (200, nothing));
}

/// A group's routes take databases as others do.
#[tokio::test]
async fn the_databases_of_a_group_are_told_too() {
    let group = povery::Group::new(povery::routes![orders]);
    let app = App::new().routes(povery::routes![health]).group(group);
    let answer = TestClient::new(app).get("/health").send().await;
    assert_eq!(answer.status(), 503);
    let body: Value = answer.json();
    assert_eq!(body["databases"]["ORDERS"]["status"], "down", "{body}");
}
