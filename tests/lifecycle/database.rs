//! The pool of a function that is stored, restored and ended.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use povery::local::postgres::Connection;
use povery_tests::database::{connect, users_database};
use povery_tests::function::{Function, RuntimeHost};
use povery_tests::moto::{Moto, Secret};
use secrecy::ExposeSecret;
use serde_json::json;
use sqlx::PgConnection;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use super::{BOUND, ends_well, get, hooks, probe};

/// What a client says before it hangs up (PostgreSQL protocol 3.0, Terminate).
const TERMINATE: [u8; 5] = [b'X', 0, 0, 0, 4];

async fn function(words: &str) -> (Function, Connection) {
    let database = users_database().await;
    let function = probe(words).env("DATABASE_URL", database.url().expose_secret());
    (function, database)
}

/// For a pool that the probe's hooks use too.
fn description(database: &Connection, port: u16) -> String {
    let password = database.password.expose_secret();
    format!("{port} {} {password} {}", database.user, database.database)
}

/// Everyone who is connected to the database but the one who asks.
async fn others(watching: &mut PgConnection) -> i64 {
    sqlx::query_scalar(
        "SELECT count(*) FROM pg_stat_activity \
         WHERE datname = current_database() AND pid <> pg_backend_pid()",
    )
    .fetch_one(watching)
    .await
    .expect("the database answers")
}

async fn nobody_is_connected(watching: &mut PgConnection) {
    let gone = async {
        while others(watching).await > 0 {
            tokio::task::yield_now().await;
        }
    };
    let gone = tokio::time::timeout(BOUND, gone).await;
    gone.expect("the connections are closed");
}

/// A way to the server that keeps the last bytes that a client has sent.
async fn overheard(server: u16) -> (SocketAddr, Arc<Mutex<Vec<u8>>>) {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
        .await
        .expect("a port");
    let address = listener.local_addr().expect("an address");
    let said = Arc::new(Mutex::new(Vec::new()));
    let heard = Arc::clone(&said);
    tokio::spawn(async move {
        while let Ok((client, _)) = listener.accept().await {
            let server = TcpStream::connect((Ipv4Addr::LOCALHOST, server)).await;
            let (mut server_reads, mut server_writes) = server.expect("it runs").into_split();
            let (mut client_reads, mut client_writes) = client.into_split();
            tokio::spawn(async move {
                let _ = tokio::io::copy(&mut server_reads, &mut client_writes).await;
            });
            let heard = Arc::clone(&heard);
            tokio::spawn(async move {
                let mut buffer = [0; 4096];
                while let Ok(read @ 1..) = client_reads.read(&mut buffer).await {
                    let bytes = &buffer[..read];
                    heard.lock().expect("nothing panics").extend(bytes);
                    let _ = server_writes.write_all(bytes).await;
                }
            });
        }
    });
    (address, said)
}

#[tokio::test]
async fn at_the_end_the_server_is_told_after_the_hooks() {
    let database = users_database().await;
    let mut watching = connect(&database).await;
    let (way, said) = overheard(database.port).await;
    let description = description(&database, way.port());
    let host = RuntimeHost::start(probe("pool end").env("PROBE_DATABASE", description)).await;
    let (status, backend) = get(&host, "/backend").await;
    assert_eq!(status, 200, "{backend}");
    assert_eq!(others(&mut watching).await, 1);
    assert!(!said.lock().unwrap().ends_with(&TERMINATE));

    ends_well(&host).await;
    assert_eq!(hooks(&host), ["end", "with the pool true"]);
    nobody_is_connected(&mut watching).await;
    assert!(said.lock().unwrap().ends_with(&TERMINATE));
}

#[tokio::test]
async fn a_route_with_a_pool_makes_the_function_an_extension() {
    let (function, database) = function("pool").await;
    let mut watching = connect(&database).await;
    let host = RuntimeHost::start(function).await;
    assert_eq!(get(&host, "/backend").await.0, 200);
    assert_eq!(host.api().lifecycle().extensions.len(), 1);
    ends_well(&host).await;
    nobody_is_connected(&mut watching).await;
}

#[tokio::test]
async fn a_snapshot_has_no_connection_and_a_restored_function_makes_one() {
    let database = users_database().await;
    let mut watching = connect(&database).await;
    let function = probe("pool")
        .env("PROBE_DATABASE", description(&database, database.port))
        .env("AWS_LAMBDA_INITIALIZATION_TYPE", "snap-start");
    let host = RuntimeHost::start(function).await;
    host.api().wait_for(|seen| seen.waits).await;
    host.process().wait_for_line("with the pool", BOUND).await;
    assert_eq!(hooks(&host), ["with the pool true"], "it was connected");
    nobody_is_connected(&mut watching).await;

    host.api().restore();
    host.api().wait_for(|seen| seen.serves).await;
    assert_eq!(
        others(&mut watching).await,
        1,
        "it connects before the first invocation"
    );
    let (status, backend) = get(&host, "/backend").await;
    assert_eq!(status, 200, "{backend}");
    assert_eq!(others(&mut watching).await, 1);
    ends_well(&host).await;
    nobody_is_connected(&mut watching).await;
}

#[tokio::test]
async fn a_function_is_connected_when_it_asks_for_its_first_invocation() {
    let (function, database) = function("pool").await;
    let mut watching = connect(&database).await;
    let host = RuntimeHost::start(function).await;
    host.api().wait_for(|seen| seen.serves).await;
    assert_eq!(others(&mut watching).await, 1);
    let (status, backend) = get(&host, "/backend").await;
    assert_eq!(status, 200, "{backend}");
    assert_eq!(others(&mut watching).await, 1, "it is that connection");
    ends_well(&host).await;
}

/// Nobody connects to a database of which no route has need.
#[tokio::test]
async fn what_no_route_needs_is_not_connected_to() {
    let (function, database) = function("nothing").await;
    let mut watching = connect(&database).await;
    let host = RuntimeHost::start(function).await;
    assert_eq!(get(&host, "/left").await.0, 200);
    assert_eq!(others(&mut watching).await, 0);
}

/// A port that nobody listens on refuses; one that nobody answers at keeps its callers waiting.
#[tokio::test]
async fn a_database_that_is_away_keeps_no_function_from_its_start() {
    let silent = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
        .await
        .expect("a port");
    let closed = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
        .await
        .expect("a port");
    let ports =
        [silent.local_addr(), closed.local_addr()].map(|address| address.expect("one").port());
    drop(closed);
    for port in ports {
        let url = format!("postgres://app:canary@127.0.0.1:{port}/shop");
        let function = probe("pool")
            .env("DATABASE_URL", url)
            .env("RUST_LOG", "warn");
        let since = std::time::Instant::now();
        let host = RuntimeHost::start(function).await;
        host.api().wait_for(|seen| seen.serves).await;
        assert!(
            since.elapsed() < std::time::Duration::from_secs(8),
            "{:?}",
            since.elapsed()
        );
        let log = host.log();
        let told = log
            .lines()
            .filter(|line| line.contains("no connection before the first invocation"));
        assert_eq!(told.count(), 1, "{log}");
        assert_eq!(get(&host, "/backend").await.0, 503);
        assert!(!host.log().contains("canary"), "{}", host.log());
    }
}

/// The endpoint that has credentials for functions with SnapStart, and how often it was asked.
async fn credentials() -> (String, Arc<AtomicUsize>) {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
        .await
        .expect("a port");
    let address = listener.local_addr().expect("an address");
    let asked = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&asked);
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut request = vec![0; 4096];
            let read = stream.read(&mut request).await.unwrap_or_default();
            let request = String::from_utf8_lossy(&request[..read]);
            let status = if request.contains("authorization: t0ken\r\n") {
                count.fetch_add(1, Ordering::SeqCst);
                "200 OK"
            } else {
                "403 Forbidden"
            };
            let body = r#"{"AccessKeyId":"test","SecretAccessKey":"test","Token":"t"}"#;
            let head = format!("content-length: {}\r\nconnection: close", body.len());
            let answer = format!("HTTP/1.1 {status}\r\n{head}\r\n\r\n{body}");
            let _ = stream.write_all(answer.as_bytes()).await;
        }
    });
    (format!("http://{address}/v1/credentials"), asked)
}

/// There are no credentials in its environment: they would be as old as the snapshot.
#[tokio::test]
async fn a_restored_function_fetches_its_secret_with_fresh_credentials() {
    let (moto, database) = (Moto::start().await, users_database().await);
    let secret = json!({
        "host": database.host, "user": database.user, "password": database.password.expose_secret(),
        "database": database.database, "port": database.port, "ssl": false,
    });
    moto.create_secret("probe/database", Secret::Text(&secret.to_string()))
        .await;
    let (endpoint, asked) = credentials().await;
    let function = probe("pool")
        .env("AWS_LAMBDA_INITIALIZATION_TYPE", "snap-start")
        .env("AWS_CONTAINER_CREDENTIALS_FULL_URI", endpoint)
        .env("AWS_CONTAINER_AUTHORIZATION_TOKEN", "t0ken")
        .env("AWS_ENDPOINT_URL", moto.endpoint())
        .env("AWS_REGION", Moto::REGION)
        .env("DB_SECRET_ID", "probe/database");
    let host = RuntimeHost::start(function).await;
    host.api().wait_for(|seen| seen.waits).await;
    assert_eq!(asked.load(Ordering::SeqCst), 0, "nothing needs them yet");
    host.api().restore();
    let (status, backend) = get(&host, "/backend").await;
    assert_eq!(status, 200, "{backend}\n{}", host.log());
    assert_eq!(asked.load(Ordering::SeqCst), 1);
    ends_well(&host).await;
}
