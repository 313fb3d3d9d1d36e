//! The database of a local run: the configured one, else a PostgreSQL that is started here.

use super::postgres::{Connection, ConnectionWatch, Launcher, LocalPostgres, Role};
use crate::app::App;
use crate::db::{
    CredentialFuture, CredentialSource, Credentials, Database as _, Main, Pool, Want,
    configured_place,
};
use crate::environment::is_local_run;
use crate::error::BoxError;

/// The connections of a local run at the most, as many as the original had.
const CONNECTIONS: usize = 10;

/// The database of a local run, and the server that was started for it, which ends with this.
pub(crate) struct Database {
    started: Option<LocalPostgres>,
    configured: Option<String>,
}

impl Database {
    /// Where the data is, for people; `None` for an application without a database.
    pub(super) fn place(&self) -> Option<String> {
        let Some(postgres) = &self.started else {
            return self.configured.clone();
        };
        let role = match postgres.role() {
            Role::Owner => "",
            Role::Attached => ", run by another process",
        };
        let (port, dir) = (postgres.connection().port, postgres.data_dir().display());
        let version = postgres.version();
        Some(format!(
            "PostgreSQL {version} on 127.0.0.1:{port}{role}, data in {dir}"
        ))
    }

    /// Ends the server, if this process runs one.
    pub(crate) async fn stop(self) {
        if let Some(postgres) = self.started
            && let Err(error) = postgres.stop().await
        {
            tracing::warn!(%error, "the local PostgreSQL did not end well");
        }
    }
}

/// Gives an application that uses a database, and was told of none, one of its own: started, created
/// and migrated. On Lambda proper, never.
pub(crate) async fn attach(app: App) -> Result<(App, Database), BoxError> {
    let uses = app.databases().contains(&Main::NAME) && !app.inner.pools.has(Main::NAME);
    let configured = configured_place("").filter(|_| uses);
    if !uses || configured.is_some() || !is_local_run() {
        return Ok((
            app,
            Database {
                started: None,
                configured,
            },
        ));
    }
    let postgres = Launcher::from_env().start().await?;
    let pool = Pool::new(postgres.watch(), CONNECTIONS);
    if let Some(migrations) = app.inner.migrations {
        migrations.run(&mut *pool.acquire().await?).await?;
    }
    tracing::info!(data = %postgres.data_dir().display(), "local PostgreSQL {} is ready", postgres.version());
    Ok((
        app.pool(pool),
        Database {
            started: Some(postgres),
            configured: None,
        },
    ))
}

/// The subcommand `migrate`.
pub(super) async fn migrate(app: App) -> Result<(), BoxError> {
    let Some(migrations) = app.inner.migrations else {
        return Err("this application has no migrations: give them to `App::migrations`".into());
    };
    // `attach` has migrated the database that it started; doing it again finds nothing to do.
    let (app, database) = attach(app).await?;
    let pool = app.inner.pools.pool::<Main>();
    let result =
        async { Ok::<_, BoxError>(migrations.run(&mut *pool.acquire().await?).await?) }.await;
    pool.close().await;
    database.stop().await;
    result?;
    let count = format!(
        "The database has all {} migrations.\n",
        migrations
            .iter()
            .filter(|one| !one.migration_type.is_down_migration())
            .count()
    );
    super::print(&count);
    Ok(())
}

impl From<Connection> for Credentials {
    fn from(connection: Connection) -> Self {
        let Connection {
            host,
            port,
            user,
            password,
            database,
        } = connection;
        Self::new(host.to_string(), user, password, database).with_port(port)
    }
}

/// The launcher's server, wherever it is now: another process may have taken it over.
impl CredentialSource for ConnectionWatch {
    fn credentials(&self, _: Want) -> CredentialFuture<'_> {
        Box::pin(std::future::ready(Ok(self.current().into())))
    }
}
