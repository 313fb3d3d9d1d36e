//! A pool that lost its connections, asked at every call, and fell with the process.

use std::fs;

use povery_tests::binary::{Variant, users_binary};
use povery_tests::cluster::Cluster;
use povery_tests::event::payload_v2;
use povery_tests::function::{Function, RuntimeHost};
use serde_json::Value;
use sqlx::{Connection as _, PgConnection};

use super::answer;

const LOGIN: &str = "DO $$ BEGIN CREATE ROLE app LOGIN PASSWORD 'for-a-test'; END $$;
    GRANT ALL ON ALL TABLES IN SCHEMA public TO app";
const TERMINATE: &str =
    "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE usename = 'app'";

fn users_request(method: &http::Method, body: &str) -> Value {
    let headers = [(
        http::header::CONTENT_TYPE,
        http::HeaderValue::from_static("application/json"),
    )];
    let body = body.to_owned().into();
    payload_v2(method, "/users", "", &headers.into_iter().collect(), &body)
}

async fn backends(admin: &mut PgConnection) -> i64 {
    let count = "SELECT count(*) FROM pg_stat_activity WHERE usename = 'app'";
    let count = sqlx::query_scalar(count).fetch_one(admin).await;
    count.expect("a number")
}

/// The sockets of a process.
fn sockets(pid: u32) -> usize {
    let files = fs::read_dir(format!("/proc/{pid}/fd")).expect("the function runs");
    let targets = files.filter_map(|file| fs::read_link(file.ok()?.path()).ok());
    let sockets = targets.filter(|target| target.to_string_lossy().starts_with("socket:"));
    sockets.count()
}

/// A pool that failed its validation was replaced and never closed; a `SELECT 1` went before each call; and
/// without a listener the error of an idle connection ended the process.
#[tokio::test]
async fn defect_08_a_lost_connection_costs_one_connection_and_no_request() {
    let cluster = Cluster::start(&["log_statement=all"]).await;
    let mut admin = PgConnection::connect_with(&cluster.admin())
        .await
        .expect("the superuser is let in");
    let migrated = users::MIGRATIONS.run(&mut admin).await;
    migrated.expect("the migrations apply");
    cluster.execute(LOGIN).await;
    let port = cluster.port();
    let database: String = sqlx::query_scalar("SELECT current_database()")
        .fetch_one(&mut admin)
        .await
        .expect("a name");
    let url = format!("postgres://app:for-a-test@127.0.0.1:{port}/{database}?sslmode=disable");
    let function = Function::new(users_binary(Variant::Deployed)).env("DATABASE_URL", url);
    let host = RuntimeHost::start(function).await;

    let list = users_request(&http::Method::GET, "");
    assert_eq!(answer(&host, list.clone()).await.status, 200);
    let (pid, open) = (host.process().pid(), sockets(host.process().pid()));
    for round in 0..30 {
        cluster.execute(TERMINATE).await;
        assert_eq!(
            answer(&host, list.clone()).await.status,
            200,
            "round {round}"
        );
        assert_eq!(backends(&mut admin).await, 1, "round {round}");
        assert_eq!(sockets(pid), open, "round {round}");
    }
    assert!(host.process().ended().is_none());

    // What is asked besides the handler's own statements: once for each invocation, whatever it does.
    let before = cluster.log().len();
    for round in 0..10 {
        let body = format!(r#"{{"name":"Ada","email":"ada{round}@example.com"}}"#);
        let created = answer(&host, users_request(&http::Method::POST, &body)).await;
        assert_eq!(created.status, 201);
    }
    let log = cluster.log();
    let statements: Vec<_> = log[before..]
        .lines()
        .filter(|line| line.contains("LOG:  statement: ") || line.contains("LOG:  execute "))
        .collect();
    let of = |text: &str| statements.iter().filter(|line| line.contains(text)).count();
    assert_eq!(
        (of("BEGIN"), of("INSERT INTO users"), of("COMMIT")),
        (10, 10, 10),
        "{log}"
    );
    assert_eq!(of("statement_timeout"), 10, "{statements:#?}");
    assert_eq!(statements.len(), 40, "{statements:#?}");
}
