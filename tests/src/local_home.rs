//! The users application as a developer runs it: `users --port 0`.

use std::net::SocketAddr;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use crate::binary::{Variant, users_binary};
use crate::http_home::HttpHome;
use crate::process::Guarded;
use crate::workspace;

/// A cold start of the database on a busy machine.
const START_BOUND: Duration = Duration::from_secs(60);

/// A running local server; it ends, and its database with it, when dropped.
#[derive(Debug)]
pub struct LocalHome {
    process: Guarded,
    address: SocketAddr,
}

impl LocalHome {
    /// Starts it with that directory for its PostgreSQL, and waits until it serves.
    ///
    /// # Panics
    /// If it does not; the message has what it printed.
    pub async fn start(data: &Path) -> Self {
        let mut command = users_command();
        command.args(["--port", "0"]).env("POVERY_DATA_DIR", data);
        let process = Guarded::spawn("users", command);
        let line = process.wait_for_line("Serving", START_BOUND).await;
        let address = line
            .split("http://")
            .nth(1)
            .and_then(|rest| rest.split(' ').next()?.parse().ok());
        let address = address.unwrap_or_else(|| panic!("no address in `{line}`"));
        Self { process, address }
    }

    /// The server over HTTP.
    #[must_use]
    pub fn home(&self) -> HttpHome {
        HttpHome::new(self.address)
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Its process.
    #[must_use]
    pub fn process(&self) -> &Guarded {
        &self.process
    }
}

/// The program with nothing of the caller's configuration.
#[must_use]
pub fn users_command() -> Command {
    let mut command = Command::new(users_binary(Variant::Default));
    workspace::forget_surroundings(&mut command);
    command.env_remove("RUST_LOG");
    command
}
