//! The statements that the launcher itself sends.

use std::time::{Duration, Instant};

use sqlx::postgres::PgConnection;
use sqlx::{AssertSqlSafe, Connection as _};
use tokio::time::timeout;

use super::connection::{Connection, ConnectionWatch};
use super::error::LaunchError;

/// For one attempt on loopback; a server that is ready answers within milliseconds.
const ATTEMPT: Duration = Duration::from_secs(2);
const CREATION: Duration = Duration::from_secs(20);
/// How long a takeover by another process may take until a client gives up.
const TAKEOVER: Duration = Duration::from_secs(15);
const PAUSE: Duration = Duration::from_millis(20);

/// Whether the server answers a query on `connection`'s database.
async fn answers(connection: &Connection) -> Result<(), sqlx::Error> {
    within(ATTEMPT, async {
        let mut client = PgConnection::connect_with(&connection.options()).await?;
        sqlx::query("SELECT 1").execute(&mut client).await?;
        client.close().await
    })
    .await
}

/// As [`answers`], and makes the database if only that is missing.
pub(super) async fn answers_or_creates(connection: &Connection) -> Result<(), sqlx::Error> {
    match answers(connection).await {
        Err(error) if has_code(&error, "3D000") => {}
        answer => return answer,
    }
    let create = async {
        let postgres = connection.with_database("postgres");
        let mut client = PgConnection::connect_with(&postgres.options()).await?;
        let statement = format!("CREATE DATABASE {}", quoted(&connection.database));
        let created = sqlx::raw_sql(AssertSqlSafe(statement))
            .execute(&mut client)
            .await;
        client.close().await?;
        created
    };
    match within(CREATION, create).await {
        // Another process was faster, by less or more.
        Err(error) if !has_code(&error, "42P04") && !has_code(&error, "23505") => Err(error),
        _ => answers(connection).await,
    }
}

/// Runs one statement in the database `postgres`, waiting for a takeover if one is under way.
pub(super) async fn administer(
    watch: &ConnectionWatch,
    what: String,
    statement: String,
) -> Result<(), LaunchError> {
    let since = Instant::now();
    let connected = loop {
        let options = watch.current().with_database("postgres").options();
        match within(ATTEMPT, PgConnection::connect_with(&options)).await {
            Err(error) if is_passing(&error) && since.elapsed() < TAKEOVER => {
                tokio::time::sleep(PAUSE).await
            }
            connected => break connected,
        }
    };
    let run = async {
        let mut client = connected?;
        sqlx::raw_sql(AssertSqlSafe(statement))
            .execute(&mut client)
            .await?;
        client.close().await
    };
    run.await
        .map_err(|source| LaunchError::Query { what, source })
}

/// Not there yet, shutting down or starting up.
fn is_passing(error: &sqlx::Error) -> bool {
    matches!(error, sqlx::Error::Io(_)) || has_code(error, "57P03") || has_code(error, "57P01")
}

pub(super) fn refuses_password(error: &sqlx::Error) -> bool {
    has_code(error, "28P01")
}

fn has_code(error: &sqlx::Error, code: &str) -> bool {
    error
        .as_database_error()
        .and_then(|error| error.code())
        .is_some_and(|found| found == code)
}

async fn within<T>(
    limit: Duration,
    attempt: impl Future<Output = Result<T, sqlx::Error>>,
) -> Result<T, sqlx::Error> {
    match timeout(limit, attempt).await {
        Ok(answer) => answer,
        Err(_) => Err(sqlx::Error::Io(std::io::ErrorKind::TimedOut.into())),
    }
}

/// A database's name as an SQL identifier.
pub(super) fn identifier(name: &str) -> Result<String, LaunchError> {
    // PostgreSQL cuts a longer name without an error.
    if name.is_empty() || name.len() > 63 || name.contains('\0') {
        return Err(LaunchError::DatabaseName {
            name: name.to_owned(),
        });
    }
    Ok(quoted(name))
}

fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

#[cfg(test)]
mod tests {
    use super::identifier;

    #[test]
    fn names_are_quoted_or_refused() {
        assert_eq!(identifier("a\"b; DROP").unwrap(), "\"a\"\"b; DROP\"");
        for name in ["", "a\0b", &"x".repeat(64)] {
            assert!(identifier(name).is_err(), "{name:?}");
        }
    }
}
