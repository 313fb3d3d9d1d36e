//! What to start, and where.

use std::path::PathBuf;

use super::error::LaunchError;
use super::handle::LocalPostgres;
use super::limits::Limits;
use super::place::Base;
use super::search::Search;
use super::site::Plan;
use super::supervisor::Supervisor;

/// Starts a local server, or attaches to the one that runs on the same data already.
///
/// # Example
/// ```no_run
/// use povery::local::postgres::Launcher;
///
/// # async fn run() -> Result<(), povery::local::postgres::LaunchError> {
/// let postgres = Launcher::new("target/povery").database("orders").start().await?;
/// assert_eq!(postgres.connection().database, "orders");
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
#[must_use = "a launcher does nothing until it is started"]
pub struct Launcher {
    plan: Plan,
}

impl Launcher {
    /// Keeps the data in `<data>/postgres-<major>`, with the lock, the log and a file with port and password beside it.
    /// Where the server's user cannot get to `data`, a private directory keyed by it is used instead.
    pub fn new(data: impl Into<PathBuf>) -> Self {
        Self::at(Base::At(data.into()))
    }

    /// As [`Launcher::new`], with `POVERY_DATA_DIR` if that is set and not empty, else with `povery` in the cargo target
    /// directory that this program was built in. A program that was copied elsewhere keeps its data in a private directory
    /// keyed by the current directory.
    ///
    /// Where the server's user cannot keep data in `POVERY_DATA_DIR`, no other directory is used instead:
    /// [`Launcher::start`] fails with [`LaunchError::UnusableData`].
    pub fn from_env() -> Self {
        Self::at(Base::from_env())
    }

    fn at(base: Base) -> Self {
        Self {
            plan: Plan {
                base,
                search: Search::from_env(),
                database: "povery".to_owned(),
                limits: Limits::default(),
            },
        }
    }

    /// The database that [`LocalPostgres::connection`] names, made if it does not exist. Default: `povery`.
    pub fn database(mut self, name: impl Into<String>) -> Self {
        self.plan.database = name.into();
        self
    }

    /// A directory with `postgres` and `initdb`, in place of the search and of `POVERY_PG_BIN`.
    pub fn binaries(mut self, dir: impl Into<PathBuf>) -> Self {
        self.plan.search.explicit = Some(("Launcher::binaries", dir.into()));
        self
    }

    /// Finds the binaries, initialises the data directory if it is new, starts the server (or attaches), and returns once
    /// it answers a query. A start takes at most 30 s, an attach 60 s; on top come at most 60 s for initialising, 30 s for a
    /// lost password and 12 min for fetching binaries. A future that is dropped before stops what it began.
    ///
    /// # Errors
    /// Each variant of [`LaunchError`] that says why there is no server, and what to do.
    pub async fn start(self) -> Result<LocalPostgres, LaunchError> {
        let (supervisor, current) = Supervisor::start(self.plan).await?;
        Ok(LocalPostgres::new(supervisor, current))
    }
}

#[cfg(test)]
impl Launcher {
    /// Looks for binaries elsewhere than this machine's environment says.
    pub(super) fn search(mut self, search: Search) -> Self {
        self.plan.search = search;
        self
    }

    /// Loses patience earlier.
    pub(super) fn limits(mut self, limits: Limits) -> Self {
        self.plan.limits = limits;
        self
    }
}
