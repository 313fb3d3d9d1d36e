//! Behind a real PgBouncer that gives a session to a client for one transaction at a time: with the feature `pgbouncer`,
//! as the program comes from nowhere but the system's packages.

use std::fs;
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use futures_util::future::join_all;
use povery::{Credentials, Pool, PoolMode, PoolOptions};
use povery_tests::cluster::Cluster;
use povery_tests::fault_proxy::Cut;
use povery_tests::process::{Guarded, Signal};
use rustix::process::geteuid;
use tempfile::TempDir;
use uuid::Uuid;

use crate::bench::{BUDGET, Bench, SOON};
use crate::canary::PASSWORD;
use crate::database::Database;

/// How many sessions it has for all its clients.
const SESSIONS: usize = 2;

#[derive(Debug)]
struct PgBouncer {
    process: Guarded,
    address: SocketAddr,
    place: TempDir,
}

impl PgBouncer {
    async fn before(database: &Database) -> Self {
        let place = tempfile::tempdir().expect("a directory");
        let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).and_then(|free| free.local_addr());
        let address = port.expect("127.0.0.1 has a free port");
        let users = place.path().join("users.txt");
        write_user(&users, &database.role, PASSWORD);
        let settings = format!(
            "[databases]
            * = host=127.0.0.1 port={}
            [pgbouncer]
            listen_addr = 127.0.0.1
            listen_port = {}
            unix_socket_dir =
            auth_type = scram-sha-256
            auth_file = {}
            pool_mode = transaction
            default_pool_size = {SESSIONS}
            server_login_retry = 0.1
            ",
            database.address.port(),
            address.port(),
            users.display()
        );
        let settings = settings.replace("\n            ", "\n");
        fs::write(place.path().join("pgbouncer.ini"), settings).expect("a file");
        readable(place.path());
        let process = Self::start(place.path(), address).await;
        Self {
            process,
            address,
            place,
        }
    }

    async fn start(place: &Path, address: SocketAddr) -> Guarded {
        let mut command = Command::new("pgbouncer");
        if geteuid().is_root() {
            command.args(["-u", "nobody"]);
        }
        command.arg(place.join("pgbouncer.ini"));
        let process = Guarded::spawn("pgbouncer", command);
        let since = Instant::now();
        while TcpStream::connect(address).is_err() {
            assert!(
                since.elapsed() < Duration::from_secs(10) && process.ended().is_none(),
                "pgbouncer does not start: {}",
                process.log()
            );
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        process
    }

    /// Gives that role that password.
    async fn set_password_of(&self, role: &str, password: &str) {
        // It reads a file anew whose time is of another second.
        tokio::time::sleep(Duration::from_millis(1_100)).await;
        write_user(&self.place.path().join("users.txt"), role, password);
        self.process.signal(Signal::HUP);
    }

    async fn restart(&mut self) {
        self.process.signal(Signal::INT);
        let ended = self.process.wait(Duration::from_secs(10));
        assert!(ended.is_ok_and(|ended| ended.success()), "it ends");
        self.process = Self::start(self.place.path(), self.address).await;
    }
}

fn write_user(file: &Path, role: &str, password: &str) {
    let quoted = password.replace('"', "\"\"");
    fs::write(file, format!("\"{role}\" \"{quoted}\"\n")).expect("a file");
}

/// Its user is another one.
fn readable(place: &Path) {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(place, fs::Permissions::from_mode(0o755)).expect("it is ours");
}

/// A function behind PgBouncer, and a superuser beside it.
async fn bench(database: &Database, pgbouncer: &PgBouncer) -> Bench {
    let mut behind = database.clone();
    behind.address = pgbouncer.address;
    Bench::with(behind, |function| function.env("DB_MODE", "proxy")).await
}

/// A statement with parameters is two messages, which PgBouncer would give to two sessions.
#[tokio::test]
async fn no_client_runs_the_statement_of_another() {
    const CLIENTS: usize = 8;
    let database = Database::shared().await;
    let pgbouncer = PgBouncer::before(&database).await;
    let client = async |number: usize| {
        let login = Credentials::new("127.0.0.1", &*database.role, PASSWORD, &*database.name)
            .with_port(pgbouncer.address.port());
        let options = PoolOptions::new().size(1).mode(PoolMode::Proxy);
        let pool = Pool::with_options(login, options);
        for round in 0..100_i64 {
            let sql = format!("SELECT $1 * 1000 + {number}");
            let answer: i64 = sqlx::query_scalar(sqlx::AssertSqlSafe(sql))
                .bind(round)
                .fetch_one(&pool)
                .await
                .expect("it is prepared where it is run");
            assert_eq!(
                answer,
                round * 1000 + i64::try_from(number).unwrap_or_default()
            );
        }
    };
    join_all((0..CLIENTS).map(client)).await;
    let sessions = database.backends().await.len();
    assert!(sessions <= SESSIONS, "{sessions}");
}

#[tokio::test]
async fn server_restart_while_idle_behind_pgbouncer() {
    let cluster = Cluster::start(&[]).await;
    let database = Database::on(&cluster).await;
    let pgbouncer = PgBouncer::before(&database).await;
    let bench = bench(&database, &pgbouncer).await;
    bench.ok("/two?pause=1", SOON).await;
    for _ in 0..5 {
        cluster.restart().await;
        bench.ok("/two?pause=1", SOON).await;
    }
}

#[tokio::test]
async fn pgbouncer_restart_while_idle() {
    let database = Database::shared().await;
    let mut pgbouncer = PgBouncer::before(&database).await;
    let bench = bench(&database, &pgbouncer).await;
    for _ in 0..5 {
        bench.ok("/two?pause=1", SOON).await;
        pgbouncer.restart().await;
    }
    bench.ok("/two?pause=1", SOON).await;
}

/// PgBouncer refuses a login with a SQLSTATE of its own before 1.20.
#[tokio::test]
async fn password_rotated_behind_pgbouncer() {
    let mut database = Database::shared().await;
    let pgbouncer = PgBouncer::before(&database).await;
    database.address = pgbouncer.address;
    let bench = Bench::with_secret(database, |function| function.env("DB_MODE", "proxy")).await;
    bench.ok("/one", SOON).await;
    for round in 0..3 {
        let (database, password) = (&bench.database, format!("{PASSWORD}{round}"));
        database.set_password(&password).await;
        pgbouncer.set_password_of(&database.role, &password).await;
        let text = database.secret(bench.proxy.port(), &database.role, &password);
        bench.secrets().put(text);
        database.terminate().await;
        bench.proxy.cut(Cut::Reset);
        bench.ok("/one", BUDGET).await;
    }
}

#[tokio::test]
async fn what_is_committed_and_what_is_not_behind_pgbouncer() {
    let database = Database::shared().await;
    let pgbouncer = PgBouncer::before(&database).await;
    let bench = bench(&database, &pgbouncer).await;
    for (path, status, rows) in [
        ("/writes", 201, 1),
        ("/tx/writes", 201, 1),
        ("/tx/refuses", 409, 0),
        ("/tx/panics", 500, 0),
    ] {
        let id = Uuid::new_v4();
        let answer = bench.post(&format!("{path}/{id}")).await;
        answer.is(status, SOON);
        assert_eq!(database.written(id).await, rows, "{path}");
    }
    assert_eq!(database.open_transactions().await, 0);
}
