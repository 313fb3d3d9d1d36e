//! What the server says of a statement, and what the caller hears of that.

use std::time::Duration;

use povery_tests::fault_proxy::Reply;

use crate::bench::{Answered, Bench, SOON};
use crate::database::Database;

/// The caller hears nothing of the statement, the database or the role.
#[track_caller]
fn tells_nothing(bench: &Bench, answer: &Answered) {
    let body = answer.body.to_string();
    for secret in [
        "INSERT",
        "SELECT",
        "accounts",
        "role_",
        "127.0.0.1",
        "scripted",
    ] {
        assert!(!body.contains(secret), "{body}");
    }
    assert!(!body.contains(&bench.database.name), "{body}");
}

async fn each(statements: &[&str], status: u16) {
    let bench = Bench::start().await;
    for statement in statements {
        let answer = bench.sql(statement).await;
        assert_eq!(answer.status, status, "{statement}: {answer:?}");
        tells_nothing(&bench, &answer);
        let backend = bench.ok("/backend", SOON).await;
        bench.sql(statement).await.is(status, SOON);
        assert_eq!(
            bench.ok("/backend", SOON).await,
            backend,
            "the connection is kept"
        );
    }
}

#[tokio::test]
async fn unique_foreign_and_exclusion_23505_23503_23p01() {
    let statements = [
        "INSERT INTO accounts VALUES (1, 5)",
        "INSERT INTO children VALUES (1, 7)",
        "INSERT INTO slots VALUES (1)",
    ];
    each(&statements, 409).await;
}

#[tokio::test]
async fn not_null_and_check_23502_23514() {
    let statements = [
        "INSERT INTO writes VALUES (NULL)",
        "UPDATE accounts SET balance = -1 WHERE id = 1",
    ];
    each(&statements, 422).await;
}

#[tokio::test]
async fn data_from_input_22() {
    let statements = [
        "SELECT 1 / (id - 1) FROM accounts",
        "SELECT 'x'::int",
        "SELECT 99999999999::int",
        "SELECT '2026-02-30'::date",
    ];
    each(&statements, 400).await;
}

#[tokio::test]
async fn what_is_our_own_fault_42_54() {
    let statements = [
        "SELECT * FROM nowhere",
        "SELEC 1",
        "SELECT * FROM pg_authid",
    ];
    each(&statements, 500).await;
}

#[tokio::test]
async fn statement_timeout_57014() {
    let database = Database::shared().await;
    let role = &database.role;
    database
        .execute(&format!(
            "ALTER ROLE {role} SET statement_timeout = '200ms'"
        ))
        .await;
    let bench = Bench::with(database, |function| function).await;
    let answer = bench.get("/sleep?seconds=30").await;
    answer.is(504, SOON);
    tells_nothing(&bench, &answer);
    bench.ok("/one", SOON).await;
}

/// The client gives up: the connection is not used again, and the server does not go on.
#[tokio::test]
async fn the_time_of_the_invocation_is_over_57014() {
    let bench = Bench::with(Database::shared().await, |function| {
        function.timeout(Duration::from_secs(2))
    })
    .await;
    for _ in 0..3 {
        bench.ok("/one", SOON).await;
        bench.get("/sleep?seconds=60").await.is(504, SOON);
        let active = "SELECT count(*) FROM pg_stat_activity \
            WHERE datname = current_database() AND query LIKE '%pg_sleep%' AND state = 'active' \
            AND pid <> pg_backend_pid()";
        tokio::time::sleep(Duration::from_millis(250)).await;
        assert_eq!(
            bench.database.number(active).await,
            0,
            "it outlives its invocation"
        );
        bench.ok("/one", SOON).await;
    }
}

#[tokio::test]
async fn disk_full_and_out_of_memory_53100_53200() {
    let bench = Bench::start().await;
    bench.ok("/one", SOON).await;
    // As simple queries, which are sent with their text each time.
    let insert = "INSERT INTO writes VALUES ('00000000-0000-4000-8000-000000000000')";
    for sqlstate in ["53100", "53200"] {
        bench.proxy.script("INTO writes", Reply::error(sqlstate));
        let answer = bench.sql(insert).await;
        answer.is(503, SOON);
        tells_nothing(&bench, &answer);
        assert!(bench.proxy.is_played());
        let told = bench.told();
        let alarm = told.lines().next_back().unwrap_or_default();
        let named = format!(r#""sqlstate":"{sqlstate}""#);
        for part in [r#""level":"ERROR""#, "a scripted failure", &named] {
            assert!(alarm.contains(part), "{told}");
        }
        bench.sql(insert).await.is(204, SOON);
    }
}

#[tokio::test]
async fn garbage_in_place_of_an_answer() {
    let bench = Bench::start().await;
    bench.ok("/one", SOON).await;
    for bytes in [
        b"HTTP/1.1 400 Bad Request\r\n\r\n".to_vec(),
        vec![b'T', 0x7f, 0xff, 0xff, 0xff],
        vec![b'D', 0, 0, 0, 0],
        vec![b'D', 0, 0, 0, 8, 0x7f, 0xff, 0, 0],
        vec![b'E', 0, 0, 0, 5, 0],
        vec![0; 70_000],
    ] {
        bench
            .proxy
            .script("INTO writes", Reply::bytes(bytes.clone()));
        let answer = bench
            .post("/writes/00000000-0000-4000-8000-000000000000")
            .await;
        // sqlx panics at a message that is shorter than its head; that is an answer too.
        assert!([500, 503].contains(&answer.status), "{bytes:?}: {answer:?}");
        bench.ok("/one", SOON).await;
    }
    bench.ok("/nested?count=2", SOON).await;
}
