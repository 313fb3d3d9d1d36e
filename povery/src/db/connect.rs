//! From credentials to a connection, within a time.

use std::io;
use std::time::Duration;

use secrecy::ExposeSecret;
use sqlx::postgres::PgConnectOptions;
use sqlx::{ConnectOptions, PgConnection};
use tokio::time::timeout;

use super::credentials::{Credentials, DatabaseConfigError};
use super::tls;

/// The time for one attempt: name resolution, TCP, TLS and login.
const CONNECT: Duration = Duration::from_secs(2);

/// Connects once.
pub(super) async fn connect(credentials: &Credentials) -> Result<PgConnection, sqlx::Error> {
    let options = options(credentials).map_err(configuration)?;
    match timeout(CONNECT, options.connect()).await {
        Ok(result) => result,
        Err(_) => {
            let text = format!(
                "no answer from {}:{} within {} s",
                credentials.host,
                credentials.port,
                CONNECT.as_secs()
            );
            Err(sqlx::Error::Io(io::Error::new(
                io::ErrorKind::TimedOut,
                text,
            )))
        }
    }
}

/// sqlx's own defaults come from `PG*` variables; every field that can be set is set here.
fn options(credentials: &Credentials) -> Result<PgConnectOptions, DatabaseConfigError> {
    let mut options = PgConnectOptions::new_without_pgpass()
        .port(credentials.port)
        .username(&credentials.user)
        .password(credentials.password.expose_secret())
        .database(&credentials.database)
        .application_name(&application_name());
    options = match credentials.host.starts_with('/') {
        true => options.socket(&credentials.host),
        false => options.host(&credentials.host),
    };
    tls::protect(options, &credentials.tls()?)
}

/// What `pg_stat_activity` shows: the function's name, where there is one.
fn application_name() -> String {
    std::env::var("AWS_LAMBDA_FUNCTION_NAME").unwrap_or_else(|_| "povery".to_owned())
}

pub(super) fn configuration(error: DatabaseConfigError) -> sqlx::Error {
    sqlx::Error::Configuration(Box::new(error))
}
