//! Child processes: under the right user, with a small environment, and never outliving this process.

use std::ffi::OsStr;
use std::path::Path;
use std::process::{ExitStatus, Output, Stdio};
use std::time::Duration;

use rustix::process::{Pid, Signal};
use tokio::io::{AsyncRead, AsyncReadExt};
use tokio::process::{Child, Command};
use tokio::task::JoinHandle;
use tokio::time::timeout;

use super::account::Account;
use super::error::LaunchError;

/// One of PostgreSQL's programs, to be run by `account`.
pub(super) fn postgres_program(
    program: &Path,
    account: &Account,
    at_parents_death: Signal,
) -> Command {
    let mut command = Command::new(program);
    account.apply(&mut command);
    command
        // The program's secrets are no business of the server's, and `PG*` or a locale would change how it behaves.
        .env_clear()
        .envs(
            ["PATH", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "TMPDIR"]
                .into_iter()
                .filter_map(inherited),
        )
        .envs([("LC_ALL", "C"), ("TZ", "UTC")])
        // The server's user may not be able to enter the present one.
        .current_dir("/");
    prepare(&mut command, at_parents_death);
    command
}

/// Another program, in this process's own environment.
pub(super) fn program(program: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(program);
    prepare(&mut command, Signal::KILL);
    command
}

fn inherited(name: &'static str) -> Option<(&'static str, std::ffi::OsString)> {
    Some((name, std::env::var_os(name)?))
}

fn prepare(command: &mut Command, at_parents_death: Signal) {
    // A group of its own: Ctrl-C in a terminal must not reach it while the program still drains.
    command
        .stdin(Stdio::null())
        .process_group(0)
        .kill_on_drop(true);
    die_with_parent(command, at_parents_death);
}

/// Has the kernel send `signal` to the child when the *thread* that spawned it ends.
#[cfg(target_os = "linux")]
#[allow(
    unsafe_code,
    reason = "`pre_exec` is the only way to set a parent-death signal after the change of user, which clears it"
)]
fn die_with_parent(command: &mut Command, signal: Signal) {
    let parent = rustix::process::getpid();
    let between_fork_and_exec = move || {
        rustix::process::set_parent_process_death_signal(Some(signal))?;
        // The parent may have ended before that call, which then came too late.
        match rustix::process::getppid() {
            Some(now) if now == parent => Ok(()),
            _ => Err(rustix::io::Errno::SRCH.into()),
        }
    };
    // SAFETY: the closure makes two system calls; it neither allocates nor takes a lock.
    unsafe {
        command.pre_exec(between_fork_and_exec);
    }
}

/// Elsewhere an orphan is ended by the next start, see `orphan`.
#[cfg(not(target_os = "linux"))]
fn die_with_parent(_: &mut Command, _: Signal) {}

/// How long a killed process may take to go, and the rest of what one printed to arrive.
const AFTER: Duration = Duration::from_secs(2);

/// Runs `command`, which `name` says in errors, to its end and collects what it prints. Beyond `limit` it is killed.
pub(super) async fn output(
    mut command: Command,
    name: &'static str,
    limit: Duration,
) -> Result<Output, LaunchError> {
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    let program = command.as_std().get_program().to_owned();
    let mut child = command.spawn().map_err(|source| LaunchError::Run {
        program: program.into(),
        source,
    })?;
    let stdout = child.stdout.take().map(|pipe| tokio::spawn(drain(pipe)));
    let stderr = child.stderr.take().map(|pipe| tokio::spawn(drain(pipe)));
    let status = wait(&mut child, name, limit).await;
    let (stdout, stderr) = (drained(stdout).await, drained(stderr).await);
    match status {
        Ok(status) => Ok(Output {
            status,
            stdout,
            stderr,
        }),
        Err(LaunchError::TimedOut { program, limit, .. }) => Err(LaunchError::TimedOut {
            program,
            limit,
            output: last_lines(&[stdout, stderr].concat(), 4),
        }),
        Err(error) => Err(error),
    }
}

/// Waits for the end of `child`, which leads a group of its own. Beyond `limit` the group is killed.
pub(super) async fn wait(
    child: &mut Child,
    name: &'static str,
    limit: Duration,
) -> Result<ExitStatus, LaunchError> {
    if let Ok(status) = timeout(limit, child.wait()).await {
        return status.map_err(|source| LaunchError::Run {
            program: name.into(),
            source,
        });
    }
    // Not yet waited for, so that the number is still its own.
    let group = child.id().and_then(|pid| Pid::from_raw(pid.cast_signed()));
    if let Some(group) = group {
        // What it started as well: that may be what hangs, and would go on writing.
        let _ = rustix::process::kill_process_group(group, Signal::KILL);
    }
    // No bound helps against a process that the kernel does not let go of.
    let _ = timeout(AFTER, child.wait()).await;
    Err(LaunchError::TimedOut {
        program: name,
        limit,
        output: String::new(),
    })
}

async fn drain(mut pipe: impl AsyncRead + Unpin) -> Vec<u8> {
    let mut printed = Vec::new();
    // What came before an error is of use all the same.
    let _ = pipe.read_to_end(&mut printed).await;
    printed
}

/// A process that outlives the program may keep the pipe open; nobody waits for that.
async fn drained(draining: Option<JoinHandle<Vec<u8>>>) -> Vec<u8> {
    let Some(mut draining) = draining else {
        return Vec::new();
    };
    match timeout(AFTER, &mut draining).await {
        Ok(printed) => printed.unwrap_or_default(),
        Err(_) => {
            draining.abort();
            Vec::new()
        }
    }
}

/// The last lines of what a program printed, for an error message.
pub(super) fn last_lines(printed: &[u8], count: usize) -> String {
    let text = String::from_utf8_lossy(printed);
    let lines: Vec<&str> = text
        .lines()
        .filter(|line| !line.trim().is_empty())
        .collect();
    lines[lines.len().saturating_sub(count)..].join("\n")
}
