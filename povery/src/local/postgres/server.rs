//! The server process: started, asked until it answers, and stopped.

use std::fs::{self, File, OpenOptions};
use std::io::{Read, Seek, SeekFrom};
use std::path::Path;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal};
use tokio::process::Child;
use tokio::time::timeout;

use super::child::{last_lines, postgres_program};
use super::connection::Connection;
use super::error::LaunchError;
use super::orphan::ESCALATION;
use super::owned;
use super::place::Places;
use super::query;
use super::site::Site;

/// How long a start may take; recovery after a crash of the machine can need it.
const START: Duration = Duration::from_secs(30);
const POLL: Duration = Duration::from_millis(10);
/// A log that has grown beyond this is begun anew at the next start.
const LOG_LIMIT: u64 = 4 << 20;

/// As in production, but small.
const SETTINGS: [&str; 10] = [
    "listen_addresses=127.0.0.1",
    "unix_socket_directories=",
    "max_connections=100",
    "shared_buffers=64MB",
    "password_encryption=scram-sha-256",
    "ssl=off",
    "timezone=UTC",
    "logging_collector=off",
    "log_destination=stderr",
    "log_line_prefix=%m [%p] ",
];

/// A server that this process started.
pub(super) struct Server {
    child: Child,
    pid: Pid,
    places: Places,
    /// Where this start begins in the log.
    log_start: u64,
}

impl Server {
    pub(super) fn spawn(site: &Site, port: u16) -> Result<Self, LaunchError> {
        let places = site.places.clone();
        let log = open_log(&places.log())?;
        let log_start = log.metadata().map_or(0, |found| found.len());
        let both = log
            .try_clone()
            .map_err(LaunchError::file("open", &places.log()))?;
        // Fast shutdown when this process dies: nothing committed is lost, and the next start needs no recovery. It waits
        // for a backend that somebody stopped (SIGSTOP); then the next start ends it, see `orphan`.
        let program = site.binaries.program("postgres");
        let mut command = postgres_program(&program, &site.account, Signal::INT);
        command
            .arg("-D")
            .arg(&places.data)
            .args(["-c", &format!("port={port}")]);
        command
            .args(SETTINGS.iter().flat_map(|setting| ["-c", setting]))
            .stdout(log)
            .stderr(both);
        let child = command
            .spawn()
            .map_err(|source| LaunchError::Run { program, source })?;
        let pid = child.id().and_then(|pid| Pid::from_raw(pid.cast_signed()));
        let pid = pid.ok_or(LaunchError::Supervisor("lost the server's process"))?;
        Ok(Self {
            child,
            pid,
            places,
            log_start,
        })
    }

    pub(super) fn pid(&self) -> u32 {
        self.pid.as_raw_nonzero().get().unsigned_abs()
    }

    /// Waits until the server answers a query in `connection`'s database, which is made if it is missing.
    pub(super) async fn ready(&mut self, connection: &Connection) -> Result<(), LaunchError> {
        let since = Instant::now();
        let mut last = "it never became ready".to_owned();
        while since.elapsed() < START {
            if let Ok(Some(status)) = self.child.try_wait() {
                return Err(self.failure(&format!("it ended with {status}")));
            }
            // Its own word first: until then something else may listen on that port.
            if self.says_ready() {
                match query::answers_or_creates(connection).await {
                    Ok(()) => return Ok(()),
                    Err(error) if query::refuses_password(&error) => {
                        let state = self.places.state();
                        return Err(self.failure(&format!(
                            "it refuses the password kept in {}; remove that file to have another one set",
                            state.display()
                        )));
                    }
                    Err(error) => last = format!("it does not answer a query: {error}"),
                }
            }
            tokio::time::sleep(POLL).await;
        }
        Err(self.failure(&format!("{last}, within {} s", START.as_secs())))
    }

    /// The first line of `postmaster.pid` is the process, the eighth its status.
    fn says_ready(&self) -> bool {
        let text = fs::read_to_string(self.places.data.join("postmaster.pid")).unwrap_or_default();
        let mut lines = text.lines().map(str::trim);
        lines.next() == Some(&self.pid().to_string()) && lines.nth(6) == Some("ready")
    }

    /// Waits for the end of the server.
    pub(super) async fn exited(&mut self) -> String {
        match self.child.wait().await {
            Ok(status) => status.to_string(),
            Err(error) => error.to_string(),
        }
    }

    /// Shuts the server down, more and more firmly.
    pub(super) async fn stop(mut self) {
        for (signal, patience) in ESCALATION {
            // Not yet waited for, so that the number is still its own; if it is gone, the wait says so.
            if self.child.id().is_some() {
                let _ = rustix::process::kill_process(self.pid, signal);
            }
            if timeout(patience, self.child.wait()).await.is_ok() {
                return;
            }
            tracing::warn!(
                "PostgreSQL did not end within {} s of {signal:?}",
                patience.as_secs()
            );
        }
    }

    /// A start that failed for `reason`, with what the server logged about it.
    pub(super) fn failure(&self, reason: &str) -> LaunchError {
        let log = self.places.log();
        let tail = last_lines(&self.logged(&log), 10);
        LaunchError::Start {
            reason: reason.to_owned(),
            log,
            tail,
        }
    }

    /// Whether the server ended because something else has its port.
    pub(super) fn lost_port(&self) -> bool {
        String::from_utf8_lossy(&self.logged(&self.places.log())).contains("could not bind")
    }

    fn logged(&self, log: &Path) -> Vec<u8> {
        let mut text = Vec::new();
        let read = File::open(log).and_then(|mut file| {
            file.seek(SeekFrom::Start(self.log_start))?;
            file.take(LOG_LIMIT).read_to_end(&mut text)
        });
        match read {
            Ok(_) => text,
            Err(error) => error.to_string().into_bytes(),
        }
    }
}

fn open_log(path: &Path) -> Result<File, LaunchError> {
    let file = owned::open(OpenOptions::new().create(true).append(true), path)
        .map_err(LaunchError::shared_file("open", path))?;
    if file.metadata().is_ok_and(|found| found.len() > LOG_LIMIT) {
        file.set_len(0)
            .map_err(LaunchError::file("shorten", path))?;
    }
    Ok(file)
}
