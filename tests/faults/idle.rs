//! Faults while no request is under way: none of them fails one.

use std::time::Duration;

use povery_tests::cluster::Cluster;
use povery_tests::fault_proxy::Cut;
use povery_tests::process::Signal;

use crate::bench::{Bench, SOON};
use crate::database::Database;
use crate::stopped::Stopped;

#[tokio::test]
async fn server_restart_while_idle() {
    let cluster = Cluster::start(&[]).await;
    let bench = Bench::with(Database::on(&cluster).await, |function| function).await;
    let mut backend = bench.ok("/backend", SOON).await;
    for _ in 0..5 {
        cluster.restart().await;
        let next = bench.ok("/backend", SOON).await;
        assert_ne!(next, backend);
        backend = next;
    }
}

#[tokio::test]
async fn backend_terminated_while_idle() {
    let bench = Bench::start().await;
    let mut backend = bench.ok("/backend", SOON).await;
    for _ in 0..20 {
        bench.database.terminate().await;
        let next = bench.ok("/backend", SOON).await;
        assert_ne!(next, backend);
        backend = next;
    }
}

#[tokio::test]
async fn tcp_rst_and_fin_while_idle() {
    let bench = Bench::start().await;
    bench.ok("/one", SOON).await;
    for round in 0..40 {
        let connections = bench.proxy.accepted();
        bench.proxy.cut([Cut::Reset, Cut::Finish][round % 2]);
        // Both by what the first statement meets, and by what was there for a while.
        if round % 4 > 1 {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        bench.ok("/one", SOON).await;
        assert_eq!(bench.proxy.accepted(), connections + 1);
    }
}

#[tokio::test]
async fn half_open_after_a_freeze() {
    let bench = Bench::start().await;
    for _ in 0..5 {
        let backend = bench.ok("/backend", SOON).await;
        let _stopped = Stopped::backend(&backend);
        bench.host().process().signal(Signal::STOP);
        tokio::time::sleep(Duration::from_millis(20)).await;
        bench.host().process().signal(Signal::CONT);
        // The time of a ping, and a new connection.
        let next = bench.ok("/backend", Duration::from_millis(1_000)).await;
        assert_ne!(next, backend);
    }
}

#[tokio::test]
async fn half_open_at_release() {
    let bench = Bench::start().await;
    for _ in 0..5 {
        let backend = bench.ok("/backend", SOON).await;
        let holding = bench.get("/held?pause=200");
        let (held, _stopped) = tokio::join!(holding, async {
            tokio::time::sleep(Duration::from_millis(100)).await;
            Stopped::backend(&backend)
        });
        held.is(200, Duration::from_secs(1));
        assert_eq!(held.body, backend, "that connection was held");
        let next = bench.ok("/backend", Duration::from_millis(1_000)).await;
        assert_ne!(next, backend);
    }
}

#[tokio::test]
async fn clock_jumps() {
    for jump in [-86_400_000, -3_600_000, 3_600_000, 86_400_000] {
        let bench = Bench::with_secret(Database::shared().await, |function| function).await;
        bench.ok("/one", SOON).await;
        let (asked, connections) = (bench.secrets().asked(), bench.proxy.accepted());
        // What the clock of the sandbox and the one of Lambda differ by.
        bench.host().api().shift_deadlines(jump);
        for _ in 0..10 {
            bench.ok("/one", SOON).await;
        }
        // A statement that ends by the invocation's time still does.
        bench.ok("/sleep?seconds=0.1", SOON).await;
        let after = (bench.secrets().asked(), bench.proxy.accepted());
        assert_eq!(after, (asked, connections), "{jump} ms: a storm");
    }
}
