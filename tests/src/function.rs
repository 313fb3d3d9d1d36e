//! A function's program, run as Lambda runs it.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use bytes::Bytes;
use serde_json::Value;
use tokio::sync::oneshot;

use crate::process::{Ended, Guarded};
use crate::runtime_api::{
    Invocation, InvocationError, Outcome, RuntimeApi, StreamedInvocation, StreamedResponse,
};

/// A function and its configuration.
#[derive(Clone, Debug)]
pub struct Function {
    program: PathBuf,
    name: String,
    environment: Vec<(OsString, OsString)>,
    timeout: Duration,
    bound: Duration,
}

impl Function {
    /// The function of that program, named after it, with a timeout of 30 s.
    #[must_use]
    pub fn new(program: impl Into<PathBuf>) -> Self {
        let program = program.into();
        let name = program
            .file_stem()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        Self {
            program,
            name,
            environment: Vec::new(),
            timeout: Duration::from_secs(30),
            bound: Duration::from_mins(1),
        }
    }

    /// Adds a variable to its environment; there is nothing in it but these and Lambda's.
    #[must_use]
    pub fn env(mut self, name: impl AsRef<OsStr>, value: impl AsRef<OsStr>) -> Self {
        self.environment
            .push((name.as_ref().to_owned(), value.as_ref().to_owned()));
        self
    }

    /// Sets the timeout that each invocation's deadline announces.
    #[must_use]
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// Sets how long a caller waits for an outcome before it gives the test up.
    #[must_use]
    pub fn bound(mut self, bound: Duration) -> Self {
        self.bound = bound;
        self
    }

    fn command(&self, api: &RuntimeApi) -> Command {
        let directory = self.program.parent().unwrap_or(Path::new("/"));
        let mut command = Command::new(&self.program);
        command
            .current_dir(directory)
            .env_clear()
            .env("AWS_LAMBDA_RUNTIME_API", api.address().to_string())
            .env("AWS_LAMBDA_FUNCTION_NAME", &self.name)
            .env("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "128")
            .env("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST")
            .env("AWS_LAMBDA_INITIALIZATION_TYPE", "on-demand")
            .env("LAMBDA_TASK_ROOT", directory)
            .envs(self.environment.iter().map(|(name, value)| (name, value)));
        command
    }
}

/// A running function with its Runtime API. The function ends when this is dropped.
#[derive(Debug)]
pub struct RuntimeHost {
    process: Guarded,
    api: RuntimeApi,
    bound: Duration,
}

impl RuntimeHost {
    /// Starts the function. It is not waited for: the first invocation waits in the queue.
    ///
    /// # Panics
    /// If the program cannot be started.
    pub async fn start(function: Function) -> Self {
        let api = RuntimeApi::start(function.timeout).await;
        let process = Guarded::spawn(&function.name, function.command(&api));
        Self {
            process,
            api,
            bound: function.bound,
        }
    }

    /// Invokes the function; invocations may be made concurrently.
    ///
    /// # Errors
    /// If the function answers with an error, or said that it cannot start.
    ///
    /// # Panics
    /// If there is no outcome in time, or the function has ended. The message has its log.
    pub async fn invoke(&self, event: Value) -> Result<Value, InvocationError> {
        let (_, outcome) = self.invoke_bytes(event.to_string().into()).await;
        outcome.map(|bytes| {
            serde_json::from_slice(&bytes)
                .unwrap_or_else(|error| panic!("the response is not JSON ({error}): {bytes:?}"))
        })
    }

    /// Invokes the function with the bytes of an event, and returns the request id too.
    ///
    /// # Panics
    /// As [`invoke`](Self::invoke).
    pub async fn invoke_bytes(&self, event: Bytes) -> (String, Outcome) {
        let Invocation {
            request_id,
            outcome,
        } = self.api.enqueue(event);
        (request_id, self.told(outcome).await)
    }

    /// Invokes the function, and returns its response when it begins to arrive.
    ///
    /// # Panics
    /// As [`invoke`](Self::invoke).
    pub async fn invoke_streamed(
        &self,
        event: Value,
    ) -> (String, Result<StreamedResponse, InvocationError>) {
        let StreamedInvocation {
            request_id,
            response,
        } = self.api.enqueue_streamed(event.to_string().into());
        (request_id, self.told(response).await)
    }

    /// What the Runtime API tells of an invocation.
    async fn told<T>(&self, mut outcome: oneshot::Receiver<T>) -> T {
        let start = Instant::now();
        loop {
            let glance = Duration::from_millis(50);
            if let Ok(told) = tokio::time::timeout(glance, &mut outcome).await {
                return told.unwrap_or_else(|_| panic!("the Runtime API has ended"));
            }
            if let Some(ended) = self.process.ended() {
                // It may have answered, or said why it cannot start, just before its end.
                if let Ok(told) = outcome.try_recv() {
                    return told;
                }
                panic!("the function {ended}; it said:\n{}", self.log());
            }
            let bound = self.bound;
            assert!(
                start.elapsed() < bound,
                "no outcome in {bound:?}; it said:\n{}",
                self.log()
            );
        }
    }

    /// What the function printed so far.
    #[must_use]
    pub fn log(&self) -> String {
        self.process.log()
    }

    /// The function's process.
    #[must_use]
    pub fn process(&self) -> &Guarded {
        &self.process
    }

    /// Its Runtime API.
    #[must_use]
    pub fn api(&self) -> &RuntimeApi {
        &self.api
    }

    /// Kills the function, as a crash would.
    pub fn kill(&self) -> Ended {
        self.process.kill()
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use serde_json::json;

    use super::*;

    fn program(script: &str) -> (Function, tempfile::TempDir) {
        let dir = tempfile::tempdir().expect("a temporary directory");
        let path = dir.path().join("bootstrap");
        std::fs::write(&path, format!("#!/bin/sh\n{script}\n")).expect("written");
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).expect("set");
        (Function::new(path), dir)
    }

    #[tokio::test]
    async fn the_environment_is_lambdas_and_nothing_else() {
        let (function, dir) = program("/usr/bin/env; exec sleep 600");
        let host = RuntimeHost::start(function.env("OURS", "1").env("PATH", "/usr/bin:/bin")).await;
        host.process()
            .wait_for_line("OURS=1", Duration::from_secs(10))
            .await;
        let root = format!("LAMBDA_TASK_ROOT={}", dir.path().display());
        host.process()
            .wait_for_line(&root, Duration::from_secs(10))
            .await;
        let log = host.log();
        assert!(
            log.contains(&format!("AWS_LAMBDA_RUNTIME_API={}", host.api().address())),
            "{log}"
        );
        assert!(!log.contains("HOME=") && !log.contains("CARGO"), "{log}");
        assert_eq!(host.kill().signal, Some(9));
    }

    #[tokio::test]
    #[should_panic(expected = "the function exited with code 1; it said:\nno database")]
    async fn an_invocation_of_a_dead_function_shows_its_log() {
        let (function, _dir) = program("echo no database; exit 1");
        let _ = RuntimeHost::start(function).await.invoke(json!({})).await;
    }

    #[tokio::test]
    #[should_panic(expected = "no outcome in 200ms; it said:\nthinking")]
    async fn an_invocation_of_a_silent_function_is_bounded() {
        let (function, _dir) = program("echo thinking; exec sleep 600");
        let function = function
            .env("PATH", "/usr/bin:/bin")
            .bound(Duration::from_millis(200));
        let _ = RuntimeHost::start(function).await.invoke(json!({})).await;
    }
}
