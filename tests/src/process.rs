//! Child processes that never outlive the test that started them.

use std::fmt;
use std::io::{BufRead, BufReader, Read};
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

pub use rustix::process::Signal;
use rustix::process::{Pid, WaitId, WaitIdOptions, kill_process, kill_process_group, waitid};

/// How often a wait looks again.
const POLL: Duration = Duration::from_millis(10);
/// How long a process may take to end after SIGTERM.
const GRACE: Duration = Duration::from_secs(5);

/// The group leader of every guarded process: a shell that waits for the end of its input. Only
/// the test process holds the other end of that pipe, so even `kill -9` of the test ends the group.
const LEASH: &str = "trap '' TERM INT HUP; read -r line; kill -TERM 0; sleep 2; kill -KILL 0";

/// How a process ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ended {
    /// Its exit code, if it exited.
    pub code: Option<i32>,
    /// The signal that ended it, if one did.
    pub signal: Option<i32>,
}

impl Ended {
    /// Whether it exited with code 0.
    #[must_use]
    pub fn success(self) -> bool {
        self.code == Some(0)
    }
}

impl fmt::Display for Ended {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.code, self.signal) {
            (Some(code), _) => write!(f, "exited with code {code}"),
            (None, Some(signal)) => write!(f, "was ended by signal {signal}"),
            (None, None) => f.write_str("ended"),
        }
    }
}

/// A child process in a process group of its own, with its output captured line by line.
///
/// Dropping it ends the whole group: SIGTERM, then SIGKILL. Neither the child nor the group leader
/// is reaped before that, so the signals cannot reach a stranger that inherited the id.
#[derive(Debug)]
pub struct Guarded {
    name: String,
    pid: Pid,
    log: Arc<Log>,
    running: Mutex<Running>,
}

#[derive(Debug)]
enum Running {
    /// Both children, in this order: the process and the leash that leads its group.
    Yes(Child, Child),
    /// Both are reaped.
    No(Ended),
}

#[derive(Debug, Default)]
struct Log {
    lines: Mutex<Vec<String>>,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Guarded {
    /// Starts `command` with no input; `name` is what messages call it.
    ///
    /// # Panics
    /// If the program cannot be started.
    #[must_use]
    #[track_caller]
    pub fn spawn(name: &str, mut command: Command) -> Self {
        let mut leash = Command::new("/bin/sh")
            .args(["-c", LEASH])
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .process_group(0)
            .spawn()
            .unwrap_or_else(|error| panic!("cannot start /bin/sh: {error}"));
        let group = leash.id().cast_signed();
        let started = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .process_group(group)
            .spawn();
        let mut child = match started {
            Ok(child) => child,
            Err(error) => {
                let _ = leash.kill();
                let _ = leash.wait();
                panic!(
                    "cannot start {name} ({}): {error}",
                    command.get_program().display()
                );
            }
        };
        let log = Arc::new(Log::default());
        log.follow(child.stdout.take());
        log.follow(child.stderr.take());
        Self {
            name: name.to_owned(),
            pid: Pid::from_child(&child),
            log,
            running: Mutex::new(Running::Yes(child, leash)),
        }
    }

    /// The process id.
    #[must_use]
    pub fn pid(&self) -> u32 {
        self.pid.as_raw_pid().cast_unsigned()
    }

    /// All lines captured so far, standard output and error in order of arrival.
    #[must_use]
    pub fn lines(&self) -> Vec<String> {
        lock(&self.log.lines).clone()
    }

    /// [`lines`](Self::lines) as one text.
    #[must_use]
    pub fn log(&self) -> String {
        lock(&self.log.lines).join("\n")
    }

    /// How the process ended, or `None` while it runs.
    #[must_use]
    pub fn ended(&self) -> Option<Ended> {
        match &*lock(&self.running) {
            Running::No(ended) => Some(*ended),
            Running::Yes(..) => self.look(),
        }
    }

    /// Looks without reaping.
    fn look(&self) -> Option<Ended> {
        let options = WaitIdOptions::EXITED | WaitIdOptions::NOHANG | WaitIdOptions::NOWAIT;
        let status = waitid(WaitId::Pid(self.pid), options).ok().flatten()?;
        Some(Ended {
            code: status.exit_status(),
            signal: status.terminating_signal(),
        })
    }

    /// Sends a signal to the process alone, for example SIGSTOP or SIGINT. Does nothing once it
    /// has ended.
    pub fn signal(&self, signal: Signal) {
        if let Running::Yes(..) = &*lock(&self.running) {
            let _ = kill_process(self.pid, signal);
        }
    }

    /// Waits until the process ends by itself, blocking the thread.
    ///
    /// # Errors
    /// If it still runs after `bound`.
    pub fn wait(&self, bound: Duration) -> Result<Ended, StillRunning> {
        let deadline = Instant::now() + bound;
        loop {
            if let Some(ended) = self.ended() {
                self.settle();
                return Ok(ended);
            }
            if Instant::now() >= deadline {
                return Err(StillRunning);
            }
            thread::sleep(POLL);
        }
    }

    /// Waits for a line that contains `pattern`, among those already captured too, and returns it.
    ///
    /// # Panics
    /// If there is none within `bound`, or the process ended without printing one. The message
    /// has everything it did print.
    pub async fn wait_for_line(&self, pattern: &str, bound: Duration) -> String {
        let deadline = Instant::now() + bound;
        let mut seen = 0;
        loop {
            let ended = self.ended();
            if ended.is_some() {
                self.settle();
            }
            {
                let lines = lock(&self.log.lines);
                if let Some(line) = lines[seen..].iter().find(|line| line.contains(pattern)) {
                    return line.clone();
                }
                seen = lines.len();
            }
            let name = &self.name;
            if let Some(ended) = ended {
                panic!(
                    "{name} {ended} before it printed {pattern:?}; it said:\n{}",
                    self.log()
                );
            }
            assert!(
                Instant::now() < deadline,
                "{name} did not print {pattern:?} within {bound:?}; it said:\n{}",
                self.log()
            );
            tokio::time::sleep(POLL).await;
        }
    }

    /// Ends the whole group: SIGTERM, and SIGKILL for what is left when the process has ended or
    /// five seconds have passed.
    pub fn stop(&self) -> Ended {
        self.finish(GRACE)
    }

    /// Ends the whole group at once with SIGKILL, as a crash would.
    pub fn kill(&self) -> Ended {
        self.finish(Duration::ZERO)
    }

    fn finish(&self, grace: Duration) -> Ended {
        let mut running = lock(&self.running);
        let (child, leash) = match &mut *running {
            Running::No(ended) => return *ended,
            Running::Yes(child, leash) => (child, leash),
        };
        let group = Pid::from_child(leash);
        if !grace.is_zero() {
            let _ = kill_process_group(group, Signal::TERM);
            let _ = kill_process_group(group, Signal::CONT);
            let deadline = Instant::now() + grace;
            while self.look().is_none() && Instant::now() < deadline {
                thread::sleep(POLL);
            }
        }
        let _ = kill_process_group(group, Signal::KILL);
        let status = child.wait();
        let _ = leash.wait();
        let ended = Ended {
            code: status
                .as_ref()
                .ok()
                .and_then(std::process::ExitStatus::code),
            signal: status
                .as_ref()
                .ok()
                .and_then(std::os::unix::process::ExitStatusExt::signal),
        };
        *running = Running::No(ended);
        ended
    }

    /// Gives the readers a moment to fetch the last lines of a process that has ended. They are
    /// done when they let go of the log, unless a grandchild keeps the pipes open.
    fn settle(&self) {
        let deadline = Instant::now() + Duration::from_millis(300);
        while Arc::strong_count(&self.log) > 1 && Instant::now() < deadline {
            thread::sleep(Duration::from_millis(1));
        }
    }
}

impl Drop for Guarded {
    fn drop(&mut self) {
        self.stop();
    }
}

/// A process did not end in the time it was given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StillRunning;

impl fmt::Display for StillRunning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the process is still running")
    }
}

impl std::error::Error for StillRunning {}

impl Log {
    fn follow(self: &Arc<Self>, stream: Option<impl Read + Send + 'static>) {
        let Some(stream) = stream else { return };
        let log = Arc::clone(self);
        thread::spawn(move || {
            let mut reader = BufReader::new(stream);
            let mut line = Vec::new();
            while reader
                .read_until(b'\n', &mut line)
                .is_ok_and(|read| read > 0)
            {
                let text = String::from_utf8_lossy(&line);
                lock(&log.lines).push(text.trim_end_matches(['\r', '\n']).to_owned());
                line.clear();
            }
        });
    }
}

#[cfg(test)]
mod tests;
