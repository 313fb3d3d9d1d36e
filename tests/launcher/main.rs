//! The launcher against real servers and real processes.

use std::fs::{self, Permissions};
use std::io::{BufRead, BufReader};
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};

mod data;
mod endings;
mod messages;
mod ownership;

use povery::local::postgres::{Connection, LaunchError, Launcher, LocalPostgres, Role};
use povery_tests::scratch::{Scratch, processes_in};
use secrecy::ExposeSecret;
use sqlx::postgres::PgConnection;
use sqlx::{AssertSqlSafe, Connection as _};

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
