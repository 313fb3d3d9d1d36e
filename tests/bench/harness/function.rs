//! A function's process, in the environment that Lambda gives it.

use std::io::Read as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;
use std::{env, fs, io};

use rustix::process::{Pid, Signal, kill_process};

use crate::host::{Host, HostError, Prepared};

/// How a function is started.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Start<'a> {
    /// Its program.
    pub(crate) program: &'a Path,
    /// `AWS_LAMBDA_MAX_CONCURRENCY`.
    pub(crate) concurrency: usize,
    /// How many worker threads a runtime makes unless told otherwise.
    pub(crate) workers: usize,
    /// Where callgrind writes what it counts, if it shall count.
    pub(crate) callgrind: Option<&'a Path>,
}

/// A running function. It is killed when this is dropped.
#[derive(Debug)]
pub(crate) struct Function {
    child: Child,
    host: Host,
}

impl Function {
    /// Starts it; it is not waited for.
    pub(crate) fn start(start: Start<'_>) -> Result<Self, HostError> {
        Self::with_environment(start, &[])
    }

    /// Starts it, with a log at INFO. What it writes is read and dropped, as from a pipe that Lambda holds.
    pub(crate) fn logging(start: Start<'_>) -> Result<Self, HostError> {
        let level = [("AWS_LAMBDA_LOG_LEVEL", "INFO"), ("RUST_LOG", "info")];
        let level = level.map(|(name, value)| (name, value.to_owned()));
        let mut function = Self::spawn(start, &level, Stdio::piped())?;
        if let Some(mut written) = function.child.stdout.take() {
            // Now and then, so that to write wakes nobody on the function's core.
            std::thread::spawn(move || {
                let mut buffer = vec![0; 1 << 16];
                while written.read(&mut buffer).is_ok_and(|length| length > 0) {
                    std::thread::sleep(Duration::from_millis(1));
                }
            });
        }
        Ok(function)
    }

    /// The same, with variables beside Lambda's.
    pub(crate) fn with_environment(
        start: Start<'_>,
        environment: &[(&str, String)],
    ) -> Result<Self, HostError> {
        Self::spawn(start, environment, Stdio::inherit())
    }

    fn spawn(
        start: Start<'_>,
        environment: &[(&str, String)],
        output: Stdio,
    ) -> Result<Self, HostError> {
        // Under valgrind everything takes fifty times as long.
        let patience = Duration::from_secs(if start.callgrind.is_some() { 120 } else { 20 });
        let host = Host::new(patience)?;
        let directory = start.program.parent().unwrap_or(Path::new("/"));
        let mut command = match start.callgrind {
            None => Command::new(start.program),
            Some(file) => {
                let mut command = Command::new("valgrind");
                command
                    .args(["--tool=callgrind", "--quiet"])
                    .arg(format!("--callgrind-out-file={}", file.display()))
                    .arg(start.program);
                command
            }
        };
        let path = match start.callgrind {
            None => "/usr/local/bin:/usr/bin/:/bin:/opt/bin".into(),
            // Valgrind may be anywhere.
            Some(_) => env::var_os("PATH").unwrap_or_default(),
        };
        command
            .current_dir(directory)
            .stdin(Stdio::null())
            .stdout(output)
            .env_clear()
            .env("PATH", path)
            .env("LANG", "en_US.UTF-8")
            .env("TZ", ":UTC")
            .env("AWS_LAMBDA_RUNTIME_API", host.address().to_string())
            .env("AWS_REGION", "eu-central-1")
            .env("AWS_LAMBDA_FUNCTION_NAME", "users")
            .env("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "128")
            .env("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST")
            .env("AWS_LAMBDA_INITIALIZATION_TYPE", "on-demand")
            .env("AWS_LAMBDA_LOG_GROUP_NAME", "/aws/lambda/users")
            .env("AWS_LAMBDA_LOG_STREAM_NAME", "2026/02/02/[$LATEST]0")
            .env("LAMBDA_TASK_ROOT", directory)
            .env("AWS_LAMBDA_LOG_LEVEL", "WARN")
            .env("RUST_LOG", "warn")
            // Tokio would count the cores that it may use here, which is one.
            .env("TOKIO_WORKER_THREADS", start.workers.to_string())
            // Without it lambda_http puts the stage of payload 1.0 before the path.
            .env("AWS_LAMBDA_HTTP_IGNORE_STAGE_IN_PATH", "true")
            .envs(environment.iter().map(|(name, value)| (name, value)));
        if start.concurrency > 1 {
            let concurrency = start.concurrency.to_string();
            command.env("AWS_LAMBDA_MAX_CONCURRENCY", concurrency);
        }
        let child = command
            .spawn()
            .map_err(|error| HostError(format!("{command:?} cannot be started: {error}")))?;
        Ok(Self { child, host })
    }

    /// Its Runtime API.
    pub(crate) fn host(&mut self) -> &mut Host {
        &mut self.host
    }

    /// One invocation's time and answer.
    pub(crate) fn invoke(&mut self, event: &[u8]) -> Result<(Duration, Vec<u8>), HostError> {
        let mut said = (Duration::ZERO, Vec::new());
        let mut event = Prepared::new(event);
        self.host.invoke(&mut event, 1, &mut |time, answer| {
            said = (time, answer.to_vec());
            Ok(())
        })?;
        Ok(said)
    }

    /// The time that all its threads were on a core so far.
    pub(crate) fn cpu_time(&self) -> Result<Duration, HostError> {
        let mut nanoseconds = 0;
        for task in fs::read_dir(format!("/proc/{}/task", self.child.id()))? {
            let text = fs::read_to_string(task?.path().join("schedstat"))?;
            nanoseconds += on_core(&text)
                .ok_or_else(|| HostError(format!("a schedstat that is none: {text}")))?;
        }
        Ok(Duration::from_nanos(nanoseconds))
    }

    /// The most memory that it had so far, in KiB.
    pub(crate) fn peak_memory(&self) -> Result<u64, HostError> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        high_water(&status).ok_or_else(|| HostError("no VmHWM in its status".to_owned()))
    }

    /// Ends it as Lambda does, and waits for it.
    pub(crate) fn end(mut self) -> Result<(), HostError> {
        if let Some(id) = i32::try_from(self.child.id()).ok().and_then(Pid::from_raw) {
            kill_process(id, Signal::TERM).map_err(io::Error::from)?;
            self.child.wait()?;
        }
        Ok(())
    }
}

impl Drop for Function {
    fn drop(&mut self) {
        // Both fail only where it has ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The nanoseconds on a core of a `schedstat`.
pub(crate) fn on_core(schedstat: &str) -> Option<u64> {
    schedstat.split_whitespace().next()?.parse().ok()
}

/// `VmHWM` of a `status`, in KiB.
pub(crate) fn high_water(status: &str) -> Option<u64> {
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().strip_suffix(" kB")?.trim().parse().ok()
}
