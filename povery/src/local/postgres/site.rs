//! One cluster on this machine: its binaries, its user, its place. Here an owner opens it and others find it.

use std::net::{Ipv4Addr, TcpListener};
use std::time::{Duration, Instant};

use super::account::Account;
use super::cluster;
use super::connection::Connection;
use super::error::LaunchError;
use super::handle::{Current, Role};
use super::limits::Limits;
use super::lock::Lock;
use super::orphan;
use super::place::{Base, Places};
use super::query;
use super::search::{Binaries, Search};
use super::server::Server;
use super::state::State;

/// How often a process that attached looks whether the owner is gone.
const POLL: Duration = Duration::from_millis(50);
/// How long the owner may take until it answers; it may have to initialise first.
const OWNER: Duration = Duration::from_secs(60);
/// How often a port that was free a moment ago may turn out to be taken.
const PORTS: u32 = 5;

/// What to start.
#[derive(Clone, Debug)]
pub(super) struct Plan {
    pub(super) base: Base,
    pub(super) search: Search,
    pub(super) database: String,
    pub(super) limits: Limits,
}

pub(super) struct Site {
    pub(super) binaries: Binaries,
    pub(super) account: Account,
    pub(super) places: Places,
    database: String,
    limits: Limits,
}

impl Site {
    pub(super) async fn prepare(plan: &Plan) -> Result<Self, LaunchError> {
        query::identifier(&plan.database)?;
        let account = Account::of_server()?;
        let binaries = plan.search.find(&account, plan.limits).await?;
        let places = Places::new(&plan.base.settle(&account)?, binaries.version.major);
        let account = account.keeping(&places.data);
        Ok(Self {
            binaries,
            account,
            places,
            database: plan.database.clone(),
            limits: plan.limits,
        })
    }

    /// Waits for the lock. Meanwhile publishes where the owner's server answers.
    pub(super) async fn wait_for_lock(
        &self,
        publish: &mut impl FnMut(Current),
    ) -> Result<Lock, LaunchError> {
        let since = Instant::now();
        // The server that was published last.
        let mut known = None;
        loop {
            if let Some(lock) = Lock::try_take(&self.places.lock())? {
                return Ok(lock);
            }
            let found = State::read(&self.places.state())?.and_then(|state| {
                Some((state.server.filter(|pid| orphan::is_alive(*pid))?, state))
            });
            if let Some((pid, state)) = found
                && known != Some((pid, state.port))
                && query::answers_or_creates(&self.connection(&state))
                    .await
                    .is_ok()
            {
                known = Some((pid, state.port));
                publish(self.current(&state, Role::Attached));
            }
            if known.is_none() && since.elapsed() > OWNER {
                return Err(LaunchError::OwnerSilent {
                    lock: self.places.lock(),
                    seconds: OWNER.as_secs(),
                });
            }
            tokio::time::sleep(POLL).await;
        }
    }

    /// Starts the server; the caller holds the lock. Whatever an earlier owner left is put right first.
    pub(super) async fn open(&self) -> Result<(Server, Current), LaunchError> {
        let path = self.places.state();
        orphan::end(&self.places.data).await?;
        let version = self.binaries.version;
        let complete = cluster::is_complete(&self.places, &self.account)?;
        let mut state = match State::read(&path)? {
            Some(state) => State {
                version,
                server: None,
                ..state
            },
            None => {
                let state = State::new(version);
                if complete {
                    cluster::reset_password(
                        &self.binaries,
                        &self.account,
                        &self.places,
                        &state.password,
                        self.limits.reset,
                    )
                    .await?;
                }
                state
            }
        };
        if !complete {
            let since = Instant::now();
            cluster::initialise(
                &self.binaries,
                &self.account,
                &self.places,
                &state.password,
                self.limits.initdb,
            )
            .await?;
            tracing::info!(
                "initialised {} in {:?}",
                self.places.data.display(),
                since.elapsed()
            );
        }
        for _ in 0..PORTS {
            state.port = free_port(state.port)?;
            // Before the server starts: the password must not get lost, and nobody may connect yet.
            state.write(&path)?;
            let since = Instant::now();
            let mut server = Server::spawn(self, state.port)?;
            match server.ready(&self.connection(&state)).await {
                Ok(()) => {
                    state.server = Some(server.pid());
                    state.write(&path)?;
                    tracing::info!(
                        "PostgreSQL {version} answers on 127.0.0.1:{} after {:?}, data in {}",
                        state.port,
                        since.elapsed(),
                        self.places.data.display()
                    );
                    return Ok((server, self.current(&state, Role::Owner)));
                }
                Err(_) if server.lost_port() => state.port = 0,
                Err(error) => {
                    server.stop().await;
                    return Err(error);
                }
            }
        }
        Err(LaunchError::Start {
            reason: format!("{PORTS} free ports in a row were taken by others"),
            log: self.places.log(),
            tail: String::new(),
        })
    }

    /// Tells those who attach that the server no longer answers.
    pub(super) fn close(&self) -> Result<(), LaunchError> {
        let path = self.places.state();
        match State::read(&path)? {
            Some(state) => State {
                server: None,
                ..state
            }
            .write(&path),
            None => Ok(()),
        }
    }

    fn connection(&self, state: &State) -> Connection {
        Connection::new(state.port, state.password.clone(), &self.database)
    }

    fn current(&self, state: &State, role: Role) -> Current {
        let data = self.places.data.clone();
        Current {
            connection: self.connection(state),
            role,
            version: state.version,
            data,
        }
    }
}

/// `preferred` if nothing listens there, else a port that the system picks.
fn free_port(preferred: u16) -> Result<u16, LaunchError> {
    let bound = TcpListener::bind((Ipv4Addr::LOCALHOST, preferred));
    let bound = bound.or_else(|_| TcpListener::bind((Ipv4Addr::LOCALHOST, 0)));
    let port = bound
        .and_then(|listener| listener.local_addr())
        .map(|address| address.port());
    port.map_err(LaunchError::file("bind a port on", "127.0.0.1".as_ref()))
}
