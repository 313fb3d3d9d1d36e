//! An application under `cargo lambda watch`, invoked from the command line.

use std::net::SocketAddr;
use std::process::Command;
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, Method};

use crate::event::{decode_v2, payload_v2};
use crate::home::{Answer, Home};
use crate::process::Guarded;
use crate::{tool, workspace};

/// An application under `cargo lambda watch` that is sent payload format 2.0 events by
/// `cargo lambda invoke`.
#[derive(Clone, Copy, Debug)]
pub struct InvokeHome {
    address: SocketAddr,
}

impl InvokeHome {
    /// The function that `cargo lambda watch` serves at that address.
    #[must_use]
    pub fn new(address: SocketAddr) -> Self {
        Self { address }
    }

    /// Runs `cargo lambda invoke`, blocking the thread, and returns what it printed.
    ///
    /// # Panics
    /// If it fails; the message has what it printed.
    #[must_use]
    pub fn invoke(self, event: &str) -> String {
        let file = tempfile::NamedTempFile::new().expect("a temporary file");
        std::fs::write(file.path(), event).expect("a temporary file can be written");
        let mut command = Command::new(tool::cargo_lambda());
        workspace::forget_surroundings(&mut command);
        // No function name: the one of `watch`'s own. A name would start a second process.
        command.args([
            "lambda",
            "invoke",
            "--output-format",
            "text",
            "--invoke-address",
        ]);
        command.arg(self.address.ip().to_string());
        command.args([
            "--invoke-port",
            &self.address.port().to_string(),
            "--data-file",
        ]);
        command.arg(file.path());
        let process = Guarded::spawn("cargo lambda invoke", command);
        let ended = process.wait(Duration::from_mins(1));
        match ended {
            Ok(ended) if ended.success() => process.log(),
            Ok(ended) => panic!("cargo lambda invoke {ended}:\n{}", process.log()),
            Err(still) => panic!("cargo lambda invoke: {still}:\n{}", process.log()),
        }
    }
}

impl Home for InvokeHome {
    fn name(&self) -> &'static str {
        "cargo lambda invoke"
    }

    async fn send(&self, method: Method, target: &str, headers: HeaderMap, body: Bytes) -> Answer {
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let event = payload_v2(&method, path, query, &headers, &body).to_string();
        let home = *self;
        let invoking = tokio::task::spawn_blocking(move || home.invoke(&event));
        let printed = match invoking.await {
            Ok(printed) => printed,
            Err(panicked) => std::panic::resume_unwind(panicked.into_panic()),
        };
        let response = serde_json::from_str(&printed)
            .unwrap_or_else(|error| panic!("{method} {target}: {error} in {printed}"));
        decode_v2(&response)
            .unwrap_or_else(|problem| panic!("{method} {target}: {problem} in {response}"))
    }
}
