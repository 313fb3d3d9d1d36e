//! Where the server can be reached, and how to follow a change of that.

use std::net::{IpAddr, Ipv4Addr};

use secrecy::{ExposeSecret, SecretString};
use sqlx::ConnectOptions;
use sqlx::postgres::{PgConnectOptions, PgSslMode};
use tokio::sync::watch;

use super::handle::Current;

/// The superuser that `initdb` makes, and the database that is always there.
pub(super) const USER: &str = "povery";

/// What a client needs to connect to the local server. `Debug` does not print the password.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Connection {
    /// Always the loopback address, 127.0.0.1.
    pub host: IpAddr,
    /// The TCP port; it may change when another process takes the server over.
    pub port: u16,
    /// The role: `povery`, a superuser.
    pub user: String,
    /// The role's password: random, and the same for the life of the data directory.
    pub password: SecretString,
    /// The database; `povery` unless [`Launcher::database`](super::Launcher::database) says otherwise.
    pub database: String,
}

impl Connection {
    pub(super) fn new(port: u16, password: SecretString, database: &str) -> Self {
        Self {
            host: IpAddr::V4(Ipv4Addr::LOCALHOST),
            port,
            user: USER.to_owned(),
            password,
            database: database.to_owned(),
        }
    }

    /// The same server, another database.
    #[must_use]
    pub fn with_database(&self, database: &str) -> Self {
        Self {
            database: database.to_owned(),
            ..self.clone()
        }
    }

    /// Options for sqlx, without TLS and without logging of statements. Mind that *their* `Debug` prints the password.
    ///
    /// # Example
    /// ```no_run
    /// use povery::local::postgres::Connection;
    /// use sqlx::{Connection as _, PgConnection};
    ///
    /// # async fn run(connection: Connection) -> Result<(), sqlx::Error> {
    /// let mut client = PgConnection::connect_with(&connection.options()).await?;
    /// sqlx::query("SELECT 1").execute(&mut client).await?;
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn options(&self) -> PgConnectOptions {
        // Without pgpass, and with each field set: `PG*` variables must not redirect this.
        PgConnectOptions::new_without_pgpass()
            .host(&self.host.to_string())
            .port(self.port)
            .username(&self.user)
            .password(self.password.expose_secret())
            .database(&self.database)
            .application_name("povery")
            .ssl_mode(PgSslMode::Disable)
            .disable_statement_logging()
    }

    /// The same as a URL, `postgres://user:password@host:port/database`: a secret, for whatever reads `DATABASE_URL`.
    #[must_use]
    pub fn url(&self) -> SecretString {
        // User and password are letters and digits; the database's name is the caller's.
        let database: String = self.database.bytes().map(encoded).collect();
        let password = self.password.expose_secret();
        SecretString::from(format!(
            "postgres://{}:{password}@{}:{}/{database}?sslmode=disable",
            self.user, self.host, self.port
        ))
    }
}

fn encoded(byte: u8) -> String {
    match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
            char::from(byte).to_string()
        }
        _ => format!("%{byte:02X}"),
    }
}

/// A cheap handle to the current [`Connection`], for a pool that asks at every connect. It outlives the
/// [`LocalPostgres`](super::LocalPostgres) that it came from, and then keeps the last answer.
///
/// # Example
/// ```no_run
/// use povery::local::postgres::{ConnectionWatch, Launcher};
///
/// # async fn run() -> Result<(), Box<dyn std::error::Error>> {
/// let postgres = Launcher::new("target/povery").start().await?;
/// let watch: ConnectionWatch = postgres.watch();
/// println!("port {}", watch.current().port);
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct ConnectionWatch(pub(super) watch::Receiver<Current>);

impl ConnectionWatch {
    /// Where the server can be reached now.
    #[must_use]
    pub fn current(&self) -> Connection {
        self.0.borrow().connection.clone()
    }

    /// Waits until the server was started anew, here or by another process: its port, version or owner may then be
    /// others. Returns false once the supervisor has ended, after which nothing changes any more.
    pub async fn changed(&mut self) -> bool {
        self.0.changed().await.is_ok()
    }
}

impl std::fmt::Debug for ConnectionWatch {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("ConnectionWatch")
            .field(&self.current())
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use secrecy::{ExposeSecret, SecretString};

    use super::Connection;

    #[test]
    fn debug_and_url_treat_the_password_as_a_secret() {
        let connection = Connection::new(5432, SecretString::from("canary"), "a/b ü");
        assert!(!format!("{connection:?}{:?}", connection.url()).contains("canary"));
        assert_eq!(
            connection.url().expose_secret(),
            "postgres://povery:canary@127.0.0.1:5432/a%2Fb%20%C3%BC?sslmode=disable"
        );
    }
}
