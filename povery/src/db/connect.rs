//! From credentials to what sqlx connects with.

use secrecy::ExposeSecret;
use sqlx::postgres::PgConnectOptions;

use super::credentials::{Credentials, DatabaseConfigError};
use super::options::PoolOptions;
use super::tls;

/// What sqlx needs to log in with these credentials.
pub(super) fn client_options(
    credentials: &Credentials,
    pool: &PoolOptions,
) -> Result<PgConnectOptions, sqlx::Error> {
    let options = options(credentials).map_err(configuration)?;
    Ok(match pool.is_proxied() {
        // A proxy knows few of the parameters with which a session may start.
        true => options.statement_cache_capacity(0).extra_float_digits(None),
        false => options,
    })
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
