//! A server that an earlier owner left behind: ended before another is started on the same data.

use std::fs;
use std::io;
use std::path::Path;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal};

use super::error::LaunchError;

/// What to send, and how long to wait for its effect. Fast shutdown first, which keeps the data clean; a backend that is
/// stopped never answers that. Immediate shutdown ends such a one after 5 s. Only SIGKILL ends a stopped postmaster.
pub(super) const ESCALATION: [(Signal, Duration); 3] = [
    (Signal::INT, Duration::from_secs(5)),
    (Signal::QUIT, Duration::from_secs(6)),
    (Signal::KILL, Duration::from_secs(2)),
];

const POLL: Duration = Duration::from_millis(10);

/// Ends a server that still runs on `data`. The caller holds the lock, so that no living owner misses it.
pub(super) async fn end(data: &Path) -> Result<(), LaunchError> {
    let pid_file = data.join("postmaster.pid");
    let pid = match fs::read_to_string(&pid_file) {
        Ok(text) => text
            .lines()
            .next()
            .and_then(|line| Pid::from_raw(line.trim().parse().ok()?)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(LaunchError::shared_file("read", &pid_file)(error)),
    };
    if let Some(pid) = pid.filter(|pid| serves(*pid, data)) {
        tracing::info!(
            "ending the PostgreSQL server {} that an earlier process left",
            pid.as_raw_nonzero()
        );
        end_process(pid, data).await;
    }
    // The server removes its file; one that was killed cannot, and its number may be another process's by now.
    match fs::remove_file(&pid_file) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            Err(LaunchError::shared_file("remove", &pid_file)(error))
        }
        _ => Ok(()),
    }
}

async fn end_process(pid: Pid, data: &Path) {
    for (signal, patience) in ESCALATION {
        let since = Instant::now();
        // It may have gone meanwhile, which is what is wanted.
        let _ = rustix::process::kill_process(pid, signal);
        while since.elapsed() < patience {
            if !serves(pid, data) {
                return;
            }
            tokio::time::sleep(POLL).await;
        }
    }
}

/// Whether a process of this number exists; someone else's counts too.
pub(super) fn is_alive(pid: u32) -> bool {
    let Some(pid) = i32::try_from(pid).ok().and_then(Pid::from_raw) else {
        return false;
    };
    rustix::process::test_kill_process(pid) != Err(rustix::io::Errno::SRCH)
}

/// Whether `pid` is a server that was started with this data directory, rather than a later process of that number.
#[cfg(target_os = "linux")]
fn serves(pid: Pid, data: &Path) -> bool {
    use std::os::unix::ffi::OsStrExt;
    // A zombie has an empty command line: it is gone already.
    let command = fs::read(format!("/proc/{}/cmdline", pid.as_raw_nonzero())).unwrap_or_default();
    command
        .split(|byte| *byte == 0)
        .any(|argument| argument == data.as_os_str().as_bytes())
}

#[cfg(not(target_os = "linux"))]
fn serves(pid: Pid, data: &Path) -> bool {
    let pid = pid.as_raw_nonzero().to_string();
    let printed = std::process::Command::new("/bin/ps")
        .args(["-ww", "-o", "command=", "-p", &pid])
        .output();
    printed.is_ok_and(|printed| {
        let command = String::from_utf8_lossy(&printed.stdout).into_owned();
        data.to_str()
            .is_some_and(|data| command.contains(&format!("-D {data} ")))
    })
}
