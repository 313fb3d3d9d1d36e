//! Child processes: under the right user, with a small environment, and never outliving this process.

use std::ffi::OsStr;
use std::path::Path;
use std::process::{Output, Stdio};

use rustix::process::Signal;
use tokio::process::Command;

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

/// Runs `command` to its end and collects what it prints.
pub(super) async fn output(mut command: Command) -> Result<Output, LaunchError> {
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    let program = command.as_std().get_program().to_owned();
    command.output().await.map_err(|source| LaunchError::Run {
        program: program.into(),
        source,
    })
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
