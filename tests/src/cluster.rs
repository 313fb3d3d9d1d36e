//! PostgreSQL servers of a test's own, to be configured, restarted and stopped. Those that only need a database
//! take one from [`crate::database`].

mod caretaker;
mod template;

use std::fs;
use std::net::{Ipv4Addr, SocketAddr};
use std::process::Child;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use caretaker::Caretaker;
use rustix::process::{Pid, Signal, kill_process};
use sqlx::postgres::PgConnectOptions;
use sqlx::{Connection as _, PgConnection};
use template::{TEMPLATE, copy, options, server, template, write};

/// How long a server may take to start or to end.
const BOUND: Duration = Duration::from_secs(30);
const POLL: Duration = Duration::from_millis(10);

/// A server on a free port of 127.0.0.1, with scram for everyone. It ends when dropped, and with the test
/// process, however that ends.
#[derive(Debug)]
pub struct Cluster {
    place: Caretaker,
    port: u16,
    settings: Vec<String>,
    server: Mutex<Option<Child>>,
}

impl Cluster {
    /// Starts a server with those settings, such as `max_connections=5`.
    ///
    /// # Panics
    /// If it does not start; the message has what it logged.
    pub async fn start(settings: &[&str]) -> Self {
        Self::with_files(settings, &[]).await
    }

    /// The same, with those files, each a name and a text, in its data directory.
    ///
    /// # Panics
    /// As [`start`](Self::start).
    pub async fn with_files(settings: &[&str], files: &[(&str, &str)]) -> Self {
        let template = TEMPLATE.get_or_init(template).await;
        let place = Caretaker::new(template.user);
        copy(&template.place.data(), &place.data());
        for (name, text) in files {
            write(&place.data().join(name), text, template.user);
        }
        let cluster = Self {
            place,
            port: free_port(),
            settings: settings
                .iter()
                .map(|setting| (*setting).to_owned())
                .collect(),
            server: Mutex::new(None),
        };
        cluster.resume().await;
        cluster
    }

    /// Its address.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        SocketAddr::from((Ipv4Addr::LOCALHOST, self.port))
    }

    /// Its port on 127.0.0.1.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Options for its superuser, who reaches it whatever is stopped between it and a function.
    ///
    /// # Panics
    /// Never: there is no cluster without its template.
    #[must_use]
    pub fn admin(&self) -> PgConnectOptions {
        let template = TEMPLATE.get().expect("this is a copy of it");
        options(self.port, &template.password)
    }

    /// Runs statements as superuser.
    ///
    /// # Panics
    /// If one fails.
    pub async fn execute(&self, statements: &str) {
        let client = PgConnection::connect_with(&self.admin()).await;
        let mut client = client.expect("the superuser is let in");
        let statements = sqlx::AssertSqlSafe(statements.to_owned());
        let done = sqlx::raw_sql(statements).execute(&mut client).await;
        done.expect("the statements run");
        let _ = client.close().await;
    }

    /// Stops the server, as `pg_ctl stop -m fast` does.
    ///
    /// # Panics
    /// If it does not end.
    pub async fn stop(&self) {
        let server = self.server().take();
        let Some(mut server) = server else { return };
        let _ = kill_process(Pid::from_child(&server), Signal::INT);
        let since = Instant::now();
        while server.try_wait().ok().flatten().is_none() {
            assert!(since.elapsed() < BOUND, "it does not end: {}", self.log());
            tokio::time::sleep(POLL).await;
        }
    }

    /// Starts the server again, and waits until it answers.
    ///
    /// # Panics
    /// As [`start`](Self::start).
    pub async fn resume(&self) {
        self.spawn();
        let since = Instant::now();
        loop {
            let asked = PgConnection::connect_with(&self.admin()).await;
            match asked {
                Ok(client) => {
                    let _ = client.close().await;
                    return;
                }
                Err(error) => {
                    let ended = self
                        .server()
                        .as_mut()
                        .and_then(|child| child.try_wait().ok()?);
                    assert!(
                        since.elapsed() < BOUND && ended.is_none(),
                        "PostgreSQL does not start ({error}, {ended:?}); it said:\n{}",
                        self.log()
                    );
                }
            }
            tokio::time::sleep(POLL).await;
        }
    }

    /// Starts the server again, and does not wait.
    ///
    /// # Panics
    /// If its program cannot be run.
    pub fn spawn(&self) {
        let template = TEMPLATE.get().expect("this is a copy of it");
        let server = server(template, &self.place, self.port, &self.settings);
        *self.server() = Some(server);
    }

    /// Stops and starts the server, as `pg_ctl restart -m fast` does.
    pub async fn restart(&self) {
        self.stop().await;
        self.resume().await;
    }

    /// Sends a signal to the postmaster alone. What is stopped must be continued before the server can end
    /// well; at the end of the test it is killed anyway.
    pub fn signal(&self, signal: Signal) {
        if let Some(server) = &*self.server() {
            let _ = kill_process(Pid::from_child(server), signal);
        }
    }

    /// What the server logged.
    #[must_use]
    pub fn log(&self) -> String {
        fs::read_to_string(self.place.log()).unwrap_or_default()
    }

    fn server(&self) -> std::sync::MutexGuard<'_, Option<Child>> {
        self.server.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        self.place.end();
        if let Some(mut server) = self.server().take() {
            let _ = server.wait();
        }
    }
}

fn free_port() -> u16 {
    let listener = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0));
    let address = listener.and_then(|listener| listener.local_addr());
    address.expect("127.0.0.1 has a free port").port()
}

#[cfg(test)]
mod tests;
