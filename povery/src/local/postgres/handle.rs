//! A server that runs, as the program that started or found it sees it.

use std::path::{Path, PathBuf};

use tokio::sync::watch;

use super::connection::{Connection, ConnectionWatch};
use super::error::LaunchError;
use super::query;
use super::supervisor::Supervisor;
use super::version::Version;

/// Whether this process runs the server, or uses one that another process runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// This process started the server, and stops it.
    Owner,
    /// Another process did. When that ends, this one or another that attached starts the server anew.
    Attached,
}

/// What changes when the server is started anew.
pub(super) struct Current {
    pub(super) connection: Connection,
    pub(super) role: Role,
    pub(super) version: Version,
    pub(super) data: PathBuf,
}

/// A local server that answers queries, from [`Launcher::start`](super::Launcher::start).
///
/// Dropping it stops the server too, and blocks for that (15 s at most, as a rule some 50 ms); prefer
/// [`LocalPostgres::stop`].
pub struct LocalPostgres {
    supervisor: Supervisor,
    watch: ConnectionWatch,
    data: PathBuf,
}

impl LocalPostgres {
    pub(super) fn new(supervisor: Supervisor, current: watch::Receiver<Current>) -> Self {
        let data = current.borrow().data.clone();
        Self {
            supervisor,
            watch: ConnectionWatch(current),
            data,
        }
    }

    /// Where the server can be reached now. It may change when this process takes the server over.
    #[must_use]
    pub fn connection(&self) -> Connection {
        self.watch.current()
    }

    /// A handle to the current connection, to be kept elsewhere.
    #[must_use]
    pub fn watch(&self) -> ConnectionWatch {
        self.watch.clone()
    }

    /// The data directory, such as `target/povery/postgres-17`; a private one below `/var/tmp` if the server's user cannot
    /// get to the one in [`Launcher::new`](super::Launcher::new) or the target directory.
    #[must_use]
    pub fn data_dir(&self) -> &Path {
        &self.data
    }

    /// The server's version.
    #[must_use]
    pub fn version(&self) -> Version {
        self.watch.0.borrow().version
    }

    /// Whether this process runs the server now.
    #[must_use]
    pub fn role(&self) -> Role {
        self.watch.0.borrow().role
    }

    /// Makes an empty database.
    ///
    /// # Errors
    /// [`LaunchError::DatabaseName`], or [`LaunchError::Query`] if it exists already or the server is gone.
    pub async fn create_database(&self, name: &str) -> Result<Connection, LaunchError> {
        let statement = format!("CREATE DATABASE {}", query::identifier(name)?);
        self.create(name, statement).await
    }

    /// Makes a database as a copy of `template`, to which nobody may be connected (the server waits 5 s for that).
    ///
    /// # Errors
    /// As [`LocalPostgres::create_database`].
    ///
    /// # Example
    /// ```no_run
    /// use povery::local::postgres::LocalPostgres;
    ///
    /// # async fn run(postgres: &LocalPostgres) -> Result<(), povery::local::postgres::LaunchError> {
    /// let template = postgres.create_database("orders_template").await?;
    /// // … migrate `template` once, close the connection, then for each test:
    /// let connection = postgres.create_database_from("orders_1", "orders_template").await?;
    /// postgres.drop_database("orders_1").await?;
    /// # Ok(())
    /// # }
    /// ```
    pub async fn create_database_from(
        &self,
        name: &str,
        template: &str,
    ) -> Result<Connection, LaunchError> {
        let (new, old) = (query::identifier(name)?, query::identifier(template)?);
        self.create(name, format!("CREATE DATABASE {new} TEMPLATE {old}"))
            .await
    }

    async fn create(&self, name: &str, statement: String) -> Result<Connection, LaunchError> {
        query::administer(&self.watch, format!("create database {name:?}"), statement).await?;
        Ok(self.connection().with_database(name))
    }

    /// Removes a database if it exists, and ends every connection to it.
    ///
    /// # Errors
    /// As [`LocalPostgres::create_database`].
    pub async fn drop_database(&self, name: &str) -> Result<(), LaunchError> {
        let statement = format!(
            "DROP DATABASE IF EXISTS {} WITH (FORCE)",
            query::identifier(name)?
        );
        query::administer(&self.watch, format!("drop database {name:?}"), statement).await
    }

    /// Stops the server if this process owns it, waits for its end (some 50 ms, 13 s at most), and lets go of the data, so
    /// that another process that is attached may take over. One that is attached only detaches.
    ///
    /// # Errors
    /// [`LaunchError::Supervisor`] if the server does not end in time, or why it could not be kept running.
    pub async fn stop(self) -> Result<(), LaunchError> {
        self.supervisor.stop().await
    }
}

impl std::fmt::Debug for LocalPostgres {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("LocalPostgres")
            .field("role", &self.role())
            .field("data", &self.data)
            .field("connection", &self.connection())
            .finish_non_exhaustive()
    }
}
