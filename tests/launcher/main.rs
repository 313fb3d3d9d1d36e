//! The launcher against real servers and real processes.

use std::fs::{self, Permissions};
use std::io::{BufRead, BufReader};
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use povery::local::postgres::{Connection, LaunchError, Launcher, LocalPostgres, Role};
use secrecy::ExposeSecret;
use sqlx::postgres::PgConnection;
use sqlx::{AssertSqlSafe, Connection as _};

/// A directory that the server's user can reach, removed in the end.
struct Scratch(PathBuf);

impl Scratch {
    fn new() -> Self {
        let dir = PathBuf::from(format!(
            "/var/tmp/povery-test-{}",
            uuid::Uuid::new_v4().simple()
        ));
        fs::create_dir(&dir).unwrap();
        fs::set_permissions(&dir, Permissions::from_mode(0o755)).unwrap();
        Self(dir)
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = fs::set_permissions(&self.0, Permissions::from_mode(0o700));
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// A process of its own that runs the launcher.
struct Probe {
    child: Child,
    lines: mpsc::Receiver<String>,
}

/// The probe on that base, or on the one that its environment says.
fn probe_command(base: Option<&Path>) -> Command {
    let own = std::env::current_exe().unwrap();
    let beside = own
        .ancestors()
        .skip(1)
        .take(2)
        .map(|dir| dir.join("launcher-probe"));
    let program = beside
        .into_iter()
        .find(|path| path.is_file())
        .expect("launcher-probe is built");
    let mut command = Command::new(program);
    command
        .args(base)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

impl Probe {
    fn start(base: &Path) -> Self {
        let mut child = probe_command(Some(base))
            .stderr(Stdio::inherit())
            .spawn()
            .unwrap();
        let (sender, lines) = mpsc::channel();
        let output = BufReader::new(child.stdout.take().unwrap());
        std::thread::spawn(move || {
            output
                .lines()
                .map_while(Result::ok)
                .try_for_each(|line| sender.send(line))
        });
        Self { child, lines }
    }

    /// The next `ready`: port and role.
    fn ready(&self) -> (u16, String) {
        let line = self
            .lines
            .recv_timeout(Duration::from_secs(60))
            .expect("the probe becomes ready");
        let mut words = line.split(' ').skip(1);
        (
            words.next().unwrap().parse().unwrap(),
            words.next().unwrap().to_owned(),
        )
    }

    fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Probe {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Every process of the server on `data`: they all work in that directory.
fn server_processes(data: &Path) -> Vec<i32> {
    let processes = fs::read_dir("/proc").unwrap().flatten();
    processes
        .filter(|entry| {
            fs::read_link(entry.path().join("cwd")).is_ok_and(|cwd| cwd.starts_with(data))
        })
        .filter_map(|entry| entry.file_name().to_str()?.parse().ok())
        .collect()
}

fn postmaster(data: &Path) -> i32 {
    let text = fs::read_to_string(data.join("postmaster.pid")).unwrap();
    text.lines().next().unwrap().parse().unwrap()
}

fn signal(pid: i32, signal: rustix::process::Signal) {
    rustix::process::kill_process(rustix::process::Pid::from_raw(pid).unwrap(), signal).unwrap();
}

async fn until(what: &str, limit: Duration, mut holds: impl FnMut() -> bool) -> Duration {
    let since = Instant::now();
    while !holds() {
        assert!(since.elapsed() < limit, "not within {limit:?}: {what}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    since.elapsed()
}

async fn run(connection: &Connection, statement: &str) {
    let mut client = PgConnection::connect_with(&connection.options())
        .await
        .unwrap();
    sqlx::raw_sql(AssertSqlSafe(statement.to_owned()))
        .execute(&mut client)
        .await
        .unwrap();
    client.close().await.unwrap();
}

async fn count(connection: &Connection) -> i64 {
    let mut client = PgConnection::connect_with(&connection.options())
        .await
        .unwrap();
    let count = sqlx::query_scalar("SELECT count(*) FROM kept")
        .fetch_one(&mut client)
        .await
        .unwrap();
    client.close().await.unwrap();
    count
}

const FILL: &str = "CREATE TABLE kept (n int); INSERT INTO kept VALUES (1), (2), (3)";

async fn start(base: &Path) -> (LocalPostgres, Duration) {
    let since = Instant::now();
    let postgres = Launcher::new(base).start().await.unwrap();
    (postgres, since.elapsed())
}

#[tokio::test]
async fn keeps_its_data_and_its_port_and_no_process() {
    let scratch = Scratch::new();
    let base = scratch.0.join("target/povery");
    let (postgres, first) = start(&base).await;
    assert_eq!(postgres.role(), Role::Owner);
    let before = postgres.connection();
    run(&before, FILL).await;
    let data = postgres.data_dir().to_path_buf();
    assert_eq!(
        data,
        base.join(format!("postgres-{}", postgres.version().major))
    );
    assert!(!server_processes(&data).is_empty());
    let since = Instant::now();
    postgres.stop().await.unwrap();
    let stop = since.elapsed();
    assert!(server_processes(&data).is_empty(), "stop waits for the end");

    let (postgres, second) = start(&base).await;
    println!("first start {first:?}, second {second:?}, stop {stop:?}");
    assert_eq!(postgres.connection().port, before.port);
    assert_eq!(count(&postgres.connection()).await, 3);
    drop(postgres);
    assert!(
        server_processes(&data).is_empty(),
        "a drop stops it as well"
    );
    let log = fs::read_to_string(data.with_extension("log")).unwrap();
    assert_eq!(
        log.matches("database system is shut down").count(),
        2,
        "in order: {log}"
    );
}

#[tokio::test]
async fn tells_the_password_to_nobody() {
    let scratch = Scratch::new();
    let (postgres, _) = start(&scratch.0).await;
    let connection = postgres.connection();
    let secret = connection.password.expose_secret().to_owned();
    assert_eq!(secret.len(), 64);
    let data = postgres.data_dir();
    for pid in server_processes(data) {
        for file in ["cmdline", "environ"] {
            let text = fs::read(format!("/proc/{pid}/{file}")).unwrap_or_default();
            assert!(!String::from_utf8_lossy(&text).contains(&secret), "{file}");
        }
    }
    assert!(
        !fs::read_to_string(data.with_extension("log"))
            .unwrap()
            .contains(&secret)
    );
    assert!(!format!("{postgres:?}{connection:?}{:?}", postgres.watch()).contains(&secret));
    for file in ["json", "lock", "log"] {
        assert_eq!(
            fs::metadata(data.with_extension(file)).unwrap().mode() & 0o777,
            0o600,
            "{file}"
        );
    }
    assert!(!data.with_extension("password").exists());

    let options = connection.options().password("wrong");
    let refused = PgConnection::connect_with(&options).await.unwrap_err();
    assert_eq!(
        refused.as_database_error().unwrap().code().unwrap(),
        "28P01"
    );
    let mut client = PgConnection::connect_with(&connection.options())
        .await
        .unwrap();
    for (setting, value) in [
        ("listen_addresses", "127.0.0.1"),
        ("unix_socket_directories", ""),
    ] {
        let found: String = sqlx::query_scalar("SELECT current_setting($1)")
            .bind(setting)
            .fetch_one(&mut client)
            .await
            .unwrap();
        assert_eq!(found, value, "{setting}");
    }
    let open: i64 = sqlx::query_scalar(
        "SELECT count(*) FROM pg_hba_file_rules WHERE auth_method <> 'scram-sha-256'",
    )
    .fetch_one(&mut client)
    .await
    .unwrap();
    assert_eq!(open, 0);
    client.close().await.unwrap();
    postgres.stop().await.unwrap();
}

#[tokio::test]
async fn attaches_and_takes_over_from_a_killed_owner() {
    let scratch = Scratch::new();
    let mut owner = Probe::start(&scratch.0);
    let (port, role) = owner.ready();
    assert_eq!(role, "Owner");
    let (postgres, attach) = start(&scratch.0).await;
    assert_eq!(
        (postgres.role(), postgres.connection().port),
        (Role::Attached, port)
    );
    let secret = postgres.connection().password.expose_secret().to_owned();
    run(&postgres.connection(), FILL).await;
    owner.kill();
    let takeover = until("takeover", Duration::from_secs(10), || {
        postgres.role() == Role::Owner
    })
    .await;
    println!("attach {attach:?}, takeover {takeover:?}");
    assert_eq!(postgres.connection().port, port);
    assert_eq!(postgres.connection().password.expose_secret(), secret);
    assert_eq!(count(&postgres.connection()).await, 3);
    postgres.stop().await.unwrap();
}

#[tokio::test]
async fn another_takes_over_from_a_stopped_owner() {
    let scratch = Scratch::new();
    let (postgres, _) = start(&scratch.0).await;
    run(&postgres.connection(), FILL).await;
    let (one, other) = (Probe::start(&scratch.0), Probe::start(&scratch.0));
    assert_eq!(
        (one.ready().1, other.ready().1),
        ("Attached".to_owned(), "Attached".to_owned())
    );
    postgres.stop().await.unwrap();
    let mut roles = [one.ready().1, other.ready().1];
    roles.sort();
    assert_eq!(roles, ["Attached", "Owner"]);
    let (postgres, _) = start(&scratch.0).await;
    assert_eq!(postgres.role(), Role::Attached);
    assert_eq!(count(&postgres.connection()).await, 3);
    postgres.stop().await.unwrap();
}

#[tokio::test]
async fn a_killed_process_leaves_no_server() {
    let scratch = Scratch::new();
    let mut owner = Probe::start(&scratch.0);
    owner.ready();
    let data = fs::read_dir(&scratch.0)
        .unwrap()
        .flatten()
        .map(|entry| entry.path())
        .find(|path| path.is_dir())
        .unwrap();
    assert!(!server_processes(&data).is_empty());
    owner.kill();
    let gone = until("the server is gone", Duration::from_secs(5), || {
        server_processes(&data).is_empty()
    })
    .await;
    println!("gone after {gone:?}");
}

#[tokio::test]
async fn a_killed_process_leaves_no_initdb() {
    let scratch = Scratch::new();
    let mut owner = Probe::start(&scratch.0);
    let unfinished = || {
        let entries = fs::read_dir(&scratch.0)
            .unwrap()
            .flatten()
            .map(|entry| entry.path());
        entries
            .filter(|path| path.to_string_lossy().ends_with(".unfinished"))
            .find(|path| path.join("base").exists())
    };
    until("initdb is at work", Duration::from_secs(10), || {
        unfinished().is_some()
    })
    .await;
    let data = unfinished().unwrap();
    owner.kill();
    until("initdb is gone", Duration::from_secs(5), || {
        server_processes(&data).is_empty()
    })
    .await;
    assert!(data.exists(), "this test was to interrupt it");

    let (postgres, _) = start(&scratch.0).await;
    run(&postgres.connection(), FILL).await;
    assert!(!data.exists());
    postgres.stop().await.unwrap();
}

#[tokio::test]
async fn sets_aside_what_is_no_cluster() {
    let scratch = Scratch::new();
    let (postgres, _) = start(&scratch.0).await;
    let data = postgres.data_dir().to_path_buf();
    postgres.stop().await.unwrap();
    fs::remove_file(data.join("global/pg_control")).unwrap();
    let (postgres, _) = start(&scratch.0).await;
    run(&postgres.connection(), FILL).await;
    postgres.stop().await.unwrap();
    let names = fs::read_dir(&scratch.0)
        .unwrap()
        .flatten()
        .map(|entry| entry.file_name().into_string().unwrap());
    assert_eq!(
        names.filter(|name| name.contains(".incomplete-")).count(),
        1
    );
}

#[tokio::test]
async fn starts_a_crashed_server_again() {
    let scratch = Scratch::new();
    let (postgres, _) = start(&scratch.0).await;
    run(&postgres.connection(), FILL).await;
    let mut watch = postgres.watch();
    signal(
        postmaster(postgres.data_dir()),
        rustix::process::Signal::KILL,
    );
    let since = Instant::now();
    assert!(
        tokio::time::timeout(Duration::from_secs(20), watch.changed())
            .await
            .unwrap()
    );
    println!("again after {:?}", since.elapsed());
    assert_eq!(count(&postgres.connection()).await, 3);
    postgres.stop().await.unwrap();
    assert!(!watch.changed().await);
}

#[tokio::test]
async fn outlives_the_runtime_that_started_it() {
    let scratch = Scratch::new();
    let base = scratch.0.clone();
    let thread = std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        runtime.block_on(async { start(&base).await.0 })
    });
    let postgres = thread.join().unwrap();
    tokio::time::sleep(Duration::from_millis(300)).await;
    run(&postgres.connection(), FILL).await;
    postgres.stop().await.unwrap();
}

#[tokio::test]
async fn ends_an_orphan_even_with_a_stopped_backend() {
    let scratch = Scratch::new();
    let mut owner = Probe::start(&scratch.0);
    owner.ready();
    let (attached, _) = start(&scratch.0).await;
    run(&attached.connection(), FILL).await;
    let mut client = PgConnection::connect_with(&attached.connection().options())
        .await
        .unwrap();
    let backend: i32 = sqlx::query_scalar("SELECT pg_backend_pid()")
        .fetch_one(&mut client)
        .await
        .unwrap();
    let data = attached.data_dir().to_path_buf();
    attached.stop().await.unwrap();
    signal(backend, rustix::process::Signal::STOP);
    owner.kill();
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert!(
        server_processes(&data).contains(&backend),
        "fast shutdown waits for it"
    );
    let (postgres, took) = start(&scratch.0).await;
    println!("orphan ended and server started in {took:?}");
    assert!(!server_processes(&data).contains(&backend));
    assert_eq!(count(&postgres.connection()).await, 3);
    postgres.stop().await.unwrap();
}

#[tokio::test]
async fn sets_a_lost_password_anew() {
    let scratch = Scratch::new();
    let (postgres, _) = start(&scratch.0).await;
    run(&postgres.connection(), FILL).await;
    let state = postgres.data_dir().with_extension("json");
    let before = postgres.connection().password.expose_secret().to_owned();
    postgres.stop().await.unwrap();
    fs::remove_file(&state).unwrap();
    let (postgres, took) = start(&scratch.0).await;
    println!("with a new password in {took:?}");
    assert_ne!(postgres.connection().password.expose_secret(), before);
    assert_eq!(count(&postgres.connection()).await, 3);
    postgres.stop().await.unwrap();
}

#[tokio::test]
async fn takes_another_port_if_its_own_is_taken() {
    let scratch = Scratch::new();
    let (postgres, _) = start(&scratch.0).await;
    let port = postgres.connection().port;
    postgres.stop().await.unwrap();
    let taken = std::net::TcpListener::bind(("127.0.0.1", port)).unwrap();
    let (postgres, _) = start(&scratch.0).await;
    assert_ne!(postgres.connection().port, port);
    drop(taken);
    postgres.stop().await.unwrap();
}

#[tokio::test]
async fn keeps_data_elsewhere_if_its_user_cannot_get_there() {
    let scratch = Scratch::new();
    // For root the server's user is another; an ordinary user shuts itself out.
    let mode = if rustix::process::geteuid().is_root() {
        0o700
    } else {
        0o500
    };
    fs::set_permissions(&scratch.0, Permissions::from_mode(mode)).unwrap();
    let base = scratch.0.join("target/povery");
    let (postgres, _) = start(&base).await;
    run(&postgres.connection(), FILL).await;
    let private = postgres.data_dir().parent().unwrap().to_path_buf();
    assert!(private.starts_with("/var/tmp"), "{}", private.display());
    assert_eq!(fs::metadata(&private).unwrap().mode() & 0o7777, 0o700);
    postgres.stop().await.unwrap();
    let (postgres, _) = start(&base).await;
    assert_eq!(
        count(&postgres.connection()).await,
        3,
        "the same directory the next time"
    );
    postgres.stop().await.unwrap();
    fs::remove_dir_all(&private).unwrap();
    assert!(!base.exists());
}

#[tokio::test]
async fn an_unusable_choice_of_binaries_is_an_error() {
    let scratch = Scratch::new();
    let mut probe = probe_command(Some(&scratch.0));
    let output = probe
        .env("POVERY_PG_BIN", "/nonexistent/bin")
        .output()
        .unwrap();
    let text = String::from_utf8(output.stderr).unwrap();
    assert!(
        !output.status.success()
            && text.contains("POVERY_PG_BIN")
            && text.contains("/nonexistent/bin"),
        "{text}"
    );

    let error = Launcher::new(&scratch.0)
        .binaries("/usr/share")
        .start()
        .await
        .unwrap_err();
    assert!(
        matches!(
            error,
            LaunchError::UnusableBinaries {
                asked_by: "Launcher::binaries",
                ..
            }
        ),
        "{error}"
    );
}

/// What the probe says with that directory in its environment, which a test's own could not hold:
/// that is everybody's.
fn start_with_data_in(dir: &Path) -> String {
    let mut command = probe_command(None);
    let command = command.env("POVERY_DATA_DIR", dir).stdin(Stdio::null());
    let output = command.output().unwrap();
    String::from_utf8([output.stdout, output.stderr].concat()).unwrap()
}

#[tokio::test]
async fn an_unusable_choice_of_data_is_an_error() {
    let scratch = Scratch::new();
    let (open, closed) = (scratch.0.join("open"), scratch.0.join("closed"));
    let text = start_with_data_in(&open);
    assert!(text.starts_with("ready "), "{text}");
    assert!(fs::read_dir(&open).unwrap().count() > 0);

    // For root the server's user is another; an ordinary user shuts itself out.
    let mode = if rustix::process::geteuid().is_root() {
        0o700
    } else {
        0o500
    };
    fs::create_dir(&closed).unwrap();
    fs::set_permissions(&closed, Permissions::from_mode(mode)).unwrap();
    for dir in [
        Path::new("/etc/passwd/x"),
        Path::new("/proc/nope"),
        &closed.join("povery"),
        &closed,
    ] {
        let text = start_with_data_in(dir);
        let named = format!("POVERY_DATA_DIR names {dir:?}");
        assert!(text.contains(&named) && text.contains("cannot"), "{text}");
    }
}

#[tokio::test]
async fn another_users_lock_or_state_is_an_error() {
    if !rustix::process::geteuid().is_root() {
        println!("only root can be two users");
        return;
    }
    let scratch = Scratch::new();
    // The files are what another user would plant: they lead to a server that answers.
    let (postgres, _) = start(&scratch.0).await;
    let data = postgres.data_dir().to_path_buf();
    for file in ["lock", "json"] {
        let planted = data.with_extension(file);
        std::os::unix::fs::chown(&planted, Some(61_234), Some(61_234)).unwrap();
        let error = Launcher::new(&scratch.0).start().await.unwrap_err();
        assert!(
            matches!(&error, LaunchError::OtherUser { path } if *path == planted),
            "{error}"
        );
        std::os::unix::fs::chown(&planted, Some(0), Some(0)).unwrap();
    }
    let (attached, _) = start(&scratch.0).await;
    assert_eq!(attached.role(), Role::Attached);
    attached.stop().await.unwrap();
    postgres.stop().await.unwrap();
}

#[tokio::test]
async fn another_users_cluster_is_an_error() {
    if !rustix::process::geteuid().is_root() {
        println!("only root can be two users");
        return;
    }
    let scratch = Scratch::new();
    fs::set_permissions(&scratch.0, Permissions::from_mode(0o777)).unwrap();
    let (postgres, _) = start(&scratch.0).await;
    // `nobody` can run the probe only where it can reach it.
    let probe = scratch.0.join("launcher-probe");
    fs::copy(probe_command(Some(&scratch.0)).get_program(), &probe).unwrap();
    let mut command = Command::new(probe);
    let output = command
        .arg(&scratch.0)
        .uid(65534)
        .gid(65534)
        .current_dir("/")
        .output()
        .unwrap();
    let text = String::from_utf8(output.stderr).unwrap();
    assert!(
        !output.status.success() && text.contains("another user"),
        "{text}"
    );
    postgres.stop().await.unwrap();
}

#[tokio::test]
async fn copies_a_template() {
    let scratch = Scratch::new();
    let (postgres, _) = start(&scratch.0).await;
    let template = postgres.create_database("the \"template\"").await.unwrap();
    run(&template, FILL).await;
    let since = Instant::now();
    let one = postgres
        .create_database_from("one", "the \"template\"")
        .await
        .unwrap();
    println!("a database from a template in {:?}", since.elapsed());
    let (two, three) = tokio::join!(
        postgres.create_database_from("two", "the \"template\""),
        postgres.create_database_from("three", "the \"template\"")
    );
    assert_eq!(
        (
            count(&one).await,
            count(&two.unwrap()).await,
            count(&three.unwrap()).await
        ),
        (3, 3, 3)
    );

    let error = postgres.create_database("one").await.unwrap_err();
    assert!(
        matches!(error, LaunchError::Query { .. }) && error.to_string().contains("\"one\""),
        "{error}"
    );
    let mut client = PgConnection::connect_with(&one.options()).await.unwrap();
    postgres.drop_database("one").await.unwrap();
    assert!(
        client.ping().await.is_err() || sqlx::query("SELECT 1").execute(&mut client).await.is_err()
    );
    postgres.drop_database("one").await.unwrap();
    postgres.stop().await.unwrap();
}

#[tokio::test]
async fn each_process_may_name_its_own_database() {
    let scratch = Scratch::new();
    let (owner, _) = start(&scratch.0).await;
    let orders = || Launcher::new(&scratch.0).database("orders").start();
    let (one, other) = tokio::join!(orders(), orders());
    for attached in [one.unwrap(), other.unwrap()] {
        assert_eq!(attached.role(), Role::Attached);
        assert_eq!(attached.connection().database, "orders");
        attached.stop().await.unwrap();
    }
    owner.stop().await.unwrap();
}

#[tokio::test]
async fn a_cancelled_start_leaves_nothing_running() {
    let scratch = Scratch::new();
    let starting = Launcher::new(&scratch.0).start();
    assert!(
        tokio::time::timeout(Duration::from_millis(200), starting)
            .await
            .is_err()
    );
    let busy = || server_processes(&scratch.0).is_empty();
    until("nothing runs", Duration::from_secs(2), busy).await;
    let (postgres, _) = start(&scratch.0).await;
    assert_eq!(postgres.role(), Role::Owner);
    postgres.stop().await.unwrap();
}

#[tokio::test]
async fn says_why_a_server_does_not_start() {
    let scratch = Scratch::new();
    let (postgres, _) = start(&scratch.0).await;
    let data = postgres.data_dir().to_path_buf();
    postgres.stop().await.unwrap();
    fs::write(
        data.join("postgresql.auto.conf"),
        "max_connections = 'many'\n",
    )
    .unwrap();
    let error = Launcher::new(&scratch.0).start().await.unwrap_err();
    let text = error.to_string();
    assert!(
        matches!(error, LaunchError::Start { .. }) && text.contains("max_connections"),
        "{text}"
    );
    assert!(text.contains(".log"), "{text}");
}
