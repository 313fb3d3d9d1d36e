//! Faults of a new connection: each is bounded, and over when the fault is.

use std::time::Duration;

use povery_tests::cluster::Cluster;
use povery_tests::fault_proxy::{FullBacklog, Way};
use povery_tests::process::Signal;
use povery_tests::scripted_postgres::{Greeting, ScriptedPostgres};
use sqlx::{Connection, PgConnection};

use crate::bench::{BUDGET, Bench, SOON};
use crate::database::Database;

/// A function whose database is at that port.
async fn at(database: Database, port: u16) -> Bench {
    let url = database.url("127.0.0.1", port, "sslmode=disable");
    Bench::with(database, |function| function.env("DATABASE_URL", url)).await
}

/// A function before a server that greets its first clients so; then it is the real one.
async fn greeted(first: &[Greeting]) -> (Bench, ScriptedPostgres) {
    let database = Database::shared().await;
    let then = Greeting::Forward(database.address);
    let server = ScriptedPostgres::start(first.to_vec(), then).await;
    (at(database, server.port()).await, server)
}

#[tokio::test]
async fn starting_up_57p03() {
    // More than the start of a function tries, so that the request meets it.
    let (bench, server) = greeted(&vec![Greeting::Error("57P03"); 4]).await;
    bench.ok("/one", BUDGET).await;
    assert_eq!(server.greeted(), 5);

    let (bench, server) = greeted(&vec![Greeting::Error("57P03"); 24]).await;
    let since = server.greeted();
    bench.get("/one").await.is(503, BUDGET);
    let tries = server.greeted() - since;
    assert!(tries < 20, "{tries} attempts within the budget");
    while server.greeted() < 24 {
        bench.get("/one").await;
    }
    bench.ok("/one", BUDGET).await;
}

#[tokio::test]
async fn accepts_never_answers() {
    let cluster = Cluster::start(&[]).await;
    let database = Database::on(&cluster).await;
    cluster.signal(Signal::STOP);
    let bench = Bench::with(database, |function| function).await;
    bench.get("/one").await.is(503, BUDGET);
    cluster.signal(Signal::CONT);
    bench.ok("/one", SOON).await;
    cluster.signal(Signal::STOP);
    bench.ok("/one", SOON).await;
    cluster.signal(Signal::CONT);
}

#[tokio::test]
async fn syn_dropped() {
    let full = FullBacklog::start().await;
    let bench = at(Database::shared().await, full.port()).await;
    for _ in 0..2 {
        bench.get("/one").await.is(503, BUDGET);
    }
}

#[tokio::test]
async fn refused() {
    let bench = Bench::start().await;
    bench.ok("/one", SOON).await;
    bench.proxy.refuse().await;
    bench.get("/one").await.is(503, BUDGET);
    let (answer, ()) = tokio::join!(bench.get("/one"), async {
        tokio::time::sleep(Duration::from_millis(700)).await;
        bench.proxy.accept().await;
    });
    answer.is(200, BUDGET);
    bench.ok("/one", SOON).await;
}

#[tokio::test]
async fn stopped_server() {
    let cluster = Cluster::start(&[]).await;
    let database = Database::on(&cluster).await;
    let bench = at(database, cluster.port()).await;
    bench.ok("/one", SOON).await;
    cluster.stop().await;
    bench.get("/one").await.is(503, BUDGET);
    cluster.spawn();
    bench.ok("/one", BUDGET).await;
}

#[tokio::test]
async fn slow_trickling_truncated_bytes() {
    let bench = Bench::with(Database::shared().await, |function| {
        function.timeout(Duration::from_secs(4))
    })
    .await;
    bench.ok("/one", SOON).await;
    bench.proxy.set(Way::Trickle(64));
    bench.ok("/one", SOON).await;
    let answer = bench.get("/rows?count=1000000").await;
    assert!([503, 504].contains(&answer.status), "{answer:?}");
    assert!(answer.took < Duration::from_secs(4), "{answer:?}");
    bench.proxy.set(Way::Open);
    bench.ok("/one", SOON).await;

    for length in [0, 1, 4, 5, 6, 30, 200] {
        bench.proxy.set(Way::Truncated(length));
        let answer = bench.get("/rows?count=1000").await;
        answer.is(503, Duration::from_secs(4));
        bench.proxy.set(Way::Open);
        bench.ok("/one", SOON).await;
    }
}

#[tokio::test]
async fn bytes_that_are_no_protocol() {
    for greeting in [
        Greeting::garbage(),
        Greeting::huge(),
        Greeting::negative(),
        Greeting::truncated(),
        Greeting::Bytes(Vec::new()),
        Greeting::Bytes(vec![0; 100_000]),
        Greeting::Silence,
    ] {
        let (bench, server) = greeted(&vec![greeting.clone(); 12]).await;
        let answer = bench.get("/one").await;
        assert!(
            [200, 503].contains(&answer.status),
            "{greeting:?}: {answer:?}"
        );
        assert!(answer.took < BUDGET, "{greeting:?}: {answer:?}");
        assert!(!bench.told().contains("panicked"), "{}", bench.told());
        while server.greeted() < 12 && greeting != Greeting::Silence {
            bench.get("/one").await;
        }
        if greeting != Greeting::Silence {
            bench.ok("/one", BUDGET).await;
        }
    }
}

#[tokio::test]
async fn too_many_connections_53300() {
    let cluster = Cluster::start(&["max_connections=6", "superuser_reserved_connections=2"]).await;
    let database = Database::on(&cluster).await;
    // Held as the role of functions: the last two are for the superuser alone, who has one more.
    let mut held = Vec::new();
    for _ in 0..3 {
        let options = database.login();
        held.push(
            PgConnection::connect_with(&options)
                .await
                .expect("one is free"),
        );
    }
    let bench = Bench::with(database, |function| function).await;
    bench.get("/one").await.is(503, BUDGET);
    let (answer, ()) = tokio::join!(bench.get("/one"), async {
        tokio::time::sleep(Duration::from_millis(700)).await;
        let _ = held.remove(0).close().await;
    });
    answer.is(200, BUDGET);
    bench.ok("/one", SOON).await;
}

/// A connection that reaches what has become a standby.
#[tokio::test]
async fn failover_to_read_only_25006() {
    let bench = Bench::start().await;
    for _ in 0..3 {
        let backend = bench.ok("/backend", SOON).await;
        bench
            .sql("SET default_transaction_read_only = on")
            .await
            .is(204, SOON);
        let answer = bench
            .post("/writes/00000000-0000-4000-8000-000000000000")
            .await;
        assert!([201, 503].contains(&answer.status), "{answer:?}");
        let answer = bench
            .post("/writes/00000000-0000-4000-8000-000000000001")
            .await;
        answer.is(201, SOON);
        assert_ne!(bench.ok("/backend", SOON).await, backend);
        bench
            .sql("SET default_transaction_read_only = on")
            .await
            .is(204, SOON);
        // Where a statement may be run again, it is, on a new connection.
        let answer = bench
            .post("/idempotent/writes/00000000-0000-4000-8000-000000000002")
            .await;
        answer.is(201, SOON);
    }
}

#[tokio::test]
async fn read_only_for_good_25006() {
    let database = Database::shared().await;
    let role = database.role.clone();
    database
        .execute(&format!(
            "ALTER ROLE {role} SET default_transaction_read_only = on"
        ))
        .await;
    let bench = Bench::with(database, |function| function).await;
    let write = "/writes/00000000-0000-4000-8000-000000000000";
    bench.post(write).await.is(503, BUDGET);
    bench.ok("/one", SOON).await;
    bench
        .database
        .execute(&format!(
            "ALTER ROLE {role} RESET default_transaction_read_only"
        ))
        .await;
    // The refusal has ended whatever was connected; a read may have connected since.
    bench.post(write).await;
    bench.post(write).await.is(201, SOON);
}

#[tokio::test]
async fn handler_exhausts_its_own_pool() {
    let bench = Bench::start().await;
    bench.ok("/nested?count=2", SOON).await;
    let answer = bench.get("/nested?count=3").await;
    answer.is(503, BUDGET);
    let told = bench.told();
    assert!(told.contains("holds all 2 connections"), "{told}");
    bench.ok("/nested?count=2", SOON).await;
    bench.ok("/one", SOON).await;
}
