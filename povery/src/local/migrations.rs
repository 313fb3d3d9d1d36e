//! Migrations of the databases of a local run.

use std::fmt::Write as _;
use std::path::Path;

use sqlx::migrate::{MigrateError, Migrator};

use crate::db::{Database as _, Main, Pool};
use crate::error::{BoxError, chain};

/// How a database is called in sentences: the main one has no name.
pub(super) fn title(name: &str) -> String {
    match name == Main::NAME {
        true => String::new(),
        false => format!(" {name}"),
    }
}

/// Applies what the database does not have yet. `kept` is where povery keeps the data, if it does.
///
/// # Errors
///
/// No connection, a migration that fails, or one that the database has and the program has not.
pub(super) async fn apply(
    pool: &Pool,
    name: &str,
    migrations: &Migrator,
    kept: Option<&Path>,
) -> Result<(), BoxError> {
    let mut connection = match pool.acquire().await {
        Ok(connection) => connection,
        Err(error) => return Err(refused(name, &error).into()),
    };
    let Err(error) = migrations.run(&mut *connection).await else {
        return Ok(());
    };
    let mut text = refused(name, &error);
    if let Some(kept) = kept
        && let MigrateError::VersionMissing(_) | MigrateError::VersionMismatch(_) = error
    {
        let kept = kept.display();
        let _ = write!(
            text,
            ". Another program that keeps its data here, or another state of this one, has migrated it: delete {kept} if that data \
             may go, or give each program a directory of its own in POVERY_DATA_DIR"
        );
    }
    Err(text.into())
}

fn refused(name: &str, error: &(dyn std::error::Error + 'static)) -> String {
    let title = title(name);
    format!("the database{title} cannot be migrated: {}", chain(error))
}
