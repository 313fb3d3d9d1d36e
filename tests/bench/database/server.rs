//! The server on its core, with one user.

use std::fs;
use std::net::SocketAddr;

use povery::local::postgres::Connection;
use povery::{Credentials, Pool};
use povery_tests::database::{connect, users_database};
use sqlx::postgres::PgConnectOptions;

use crate::host::HostError;
use crate::machine::bind;
use crate::user;

/// The launcher's server. This thread, which is the client, is on another core.
pub(crate) struct Server {
    connection: Connection,
    core: usize,
    client: usize,
}

impl Server {
    /// Starts it on `core`; what runs afterwards is on `client`.
    pub(crate) async fn start(core: usize, client: usize) -> Result<Self, HostError> {
        bind(core)?;
        let connection = users_database().await;
        bind(client)?;
        let mut admin = connect(&connection).await;
        user::insert(&mut admin).await.map_err(failed)?;
        let backend: i32 = sqlx::query_scalar("SELECT pg_backend_pid()")
            .fetch_one(&mut admin)
            .await
            .map_err(failed)?;
        is_bound(backend, core)?;
        Ok(Self {
            connection,
            core,
            client,
        })
    }

    /// Runs what starts others for the server's core, so that they are bound to it.
    pub(crate) async fn beside<T>(&self, start: impl Future<Output = T>) -> Result<T, HostError> {
        bind(self.core)?;
        let started = start.await;
        bind(self.client)?;
        Ok(started)
    }

    /// A backend on its core?
    pub(crate) fn is_on_its_core(&self, backend: i32) -> Result<(), HostError> {
        is_bound(backend, self.core)
    }

    /// Where it listens.
    pub(crate) fn address(&self) -> SocketAddr {
        SocketAddr::new(self.connection.host, self.connection.port)
    }

    /// A pool of povery's for one invocation at a time, on that port.
    pub(crate) fn pool(&self, port: u16) -> Pool {
        Pool::new(
            Credentials::from(self.connection.clone()).with_port(port),
            2,
        )
    }

    /// What povery connects with, for the others.
    pub(crate) async fn options(&self, port: u16) -> Result<PgConnectOptions, HostError> {
        self.pool(port).connect_options().await.map_err(failed)
    }
}

/// A server that another run has started may be on any core.
fn is_bound(process: i32, core: usize) -> Result<(), HostError> {
    let status = fs::read_to_string(format!("/proc/{process}/status"))?;
    if allowed(&status) == Some(&*core.to_string()) {
        return Ok(());
    }
    let what = format!("the server is not on core {core} alone: is it that of another run?");
    Err(HostError(what))
}

/// The cores that a process may use, in its `status`.
pub(crate) fn allowed(status: &str) -> Option<&str> {
    let mut lines = status.lines();
    lines.find_map(|line| Some(line.strip_prefix("Cpus_allowed_list:")?.trim()))
}

/// A fault of the database as one of the benchmark.
pub(crate) fn failed(error: sqlx::Error) -> HostError {
    HostError(format!("the database: {error}"))
}
