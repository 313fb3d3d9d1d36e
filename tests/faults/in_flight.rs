//! Faults while a statement is under way: repeated where the route's author allows it, and nowhere else.

use std::time::Duration;

use http::Method;
use povery_tests::fault_proxy::{Cut, Way};
use tokio::time::sleep;
use uuid::Uuid;

use crate::bench::{Answered, Bench, SOON};
use crate::database::Database;
use crate::stopped::Stopped;

/// How long before the fault the request is sent: it has reached the server by then.
const UNDER_WAY: Duration = Duration::from_millis(150);

/// A function whose invocations last 2 s.
async fn brief() -> Bench {
    Bench::with(Database::shared().await, |function| {
        function.timeout(Duration::from_secs(2))
    })
    .await
}

/// The answer to a request that meets the fault while it is under way.
async fn meeting(bench: &Bench, method: Method, path: &str, fault: impl AsyncFnOnce()) -> Answered {
    bench.ok("/one", SOON).await;
    let request = bench.send(method, path);
    let (answer, ()) = tokio::join!(request, async {
        sleep(UNDER_WAY).await;
        fault().await;
    });
    answer
}

/// Each way in which a connection ends.
async fn each_end(bench: &Bench, method: Method, path: &str) -> Vec<Answered> {
    let (proxy, database) = (&bench.proxy, &bench.database);
    vec![
        meeting(bench, method.clone(), path, async || {
            database.terminate().await
        })
        .await,
        meeting(bench, method.clone(), path, async || proxy.cut(Cut::Reset)).await,
        meeting(bench, method, path, async || proxy.cut(Cut::Finish)).await,
    ]
}

#[tokio::test]
async fn terminated_mid_query_57p01() {
    let bench = Bench::start().await;
    for answer in each_end(&bench, Method::GET, "/sleep?seconds=0.5").await {
        answer.is(503, SOON);
        assert!(
            answer.took < Duration::from_millis(450),
            "{answer:?}: it is told at once"
        );
    }
    bench.ok("/one", SOON).await;
}

#[tokio::test]
async fn terminated_mid_query_on_an_idempotent_route() {
    let bench = Bench::start().await;
    for answer in each_end(&bench, Method::GET, "/idempotent/sleep?seconds=0.3").await {
        answer.is(200, SOON);
    }
}

#[tokio::test]
async fn terminated_between_statements_of_a_request() {
    let bench = Bench::start().await;
    for answer in each_end(&bench, Method::GET, "/two?pause=400").await {
        answer.is(503, SOON);
        bench.ok("/one", SOON).await;
    }
    for answer in each_end(&bench, Method::GET, "/idempotent/two?pause=400").await {
        answer.is(200, SOON);
    }
}

/// Neither the method nor anything else than the key of the route lets a statement run again.
#[tokio::test]
async fn terminated_mid_write() {
    let bench = Bench::start().await;
    for method in [Method::POST, Method::PUT] {
        let id = Uuid::new_v4();
        let path = format!("/writes/{id}?seconds=0.4");
        for answer in each_end(&bench, method, &path).await {
            answer.is(503, SOON);
        }
        sleep(Duration::from_millis(600)).await;
        // A server that was not told goes on; a second run would be one row more.
        let written = bench.database.written(id).await;
        assert!(written <= 2, "{written} rows of 2 that may have been");
    }
    let id = Uuid::new_v4();
    let path = format!("/idempotent/writes/{id}?seconds=0.4");
    let terminated = async || bench.database.terminate().await;
    let answer = meeting(&bench, Method::POST, &path, terminated).await;
    answer.is(201, SOON);
    assert_eq!(bench.database.written(id).await, 1);
}

/// What the caller has begun to read is not begun anew.
#[tokio::test]
async fn terminated_after_the_first_row() {
    let bench = Bench::start().await;
    for path in ["/rows?count=300000", "/idempotent/rows?count=300000"] {
        bench.ok("/one", SOON).await;
        bench.proxy.set(Way::Trickle(2_000));
        let answer = meeting_slowly(&bench, path).await;
        answer.is(503, SOON);
        bench.proxy.set(Way::Open);
        assert_eq!(bench.ok(path, 10 * SOON).await, 45_000_150_000_u64);
    }
}

async fn meeting_slowly(bench: &Bench, path: &str) -> Answered {
    let (answer, ()) = tokio::join!(bench.get(path), async {
        sleep(2 * UNDER_WAY).await;
        bench.proxy.cut(Cut::Reset);
    });
    answer
}

#[tokio::test]
async fn black_hole_mid_query() {
    let bench = brief().await;
    for path in ["/sleep?seconds=0.4", "/idempotent/sleep?seconds=0.4"] {
        let proxy = &bench.proxy;
        let answer = meeting(&bench, Method::GET, path, async || {
            proxy.set(Way::BlackHole);
        })
        .await;
        answer.is(504, SOON);
        bench.get("/one").await.is(503, SOON);
        bench.proxy.heal().await;
        bench.ok("/one", SOON).await;
        bench.database.settles().await;
    }
}

#[tokio::test]
async fn backend_stopped_mid_query() {
    let bench = brief().await;
    for _ in 0..3 {
        let backend = bench.ok("/backend", SOON).await;
        let (answer, _stopped) = tokio::join!(bench.get("/sleep?seconds=0.4"), async {
            sleep(UNDER_WAY).await;
            Stopped::backend(&backend)
        });
        answer.is(504, SOON);
        assert_ne!(bench.ok("/backend", SOON).await, backend);
    }
}
