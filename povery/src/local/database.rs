//! The database of a local run: the configured one, else a PostgreSQL that is started here.

use super::migrations::{apply, title};
use super::postgres::{Connection, ConnectionWatch, Launcher, LocalPostgres, Role};
use crate::app::App;
use crate::db::{
    CredentialFuture, CredentialSource, Credentials, Database as _, Main, Pool, Want,
    configured_place, prefix,
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

/// Gives an application that uses databases, and was told of none, ones of its own: started, created and
/// migrated. On Lambda proper, never.
pub(crate) async fn attach(app: App) -> Result<(App, Database), BoxError> {
    let mut used = app.databases();
    let migrated = app.inner.migrations.keys();
    used.extend(
        migrated
            .filter(|name| !used.contains(name))
            .copied()
            .collect::<Vec<_>>(),
    );
    let given = |name: &str| app.inner.pools.has(name);
    let configured =
        configured_place("").filter(|_| used.contains(&Main::NAME) && !given(Main::NAME));
    let wanting = |name: &&'static str| !given(name) && configured_place(&prefix(name)).is_none();
    let wanting: Vec<_> = used.into_iter().filter(wanting).collect();
    if wanting.is_empty() || !is_local_run() {
        let database = Database {
            started: None,
            configured,
        };
        return Ok((app, database));
    }
    let postgres = Launcher::from_env().start().await?;
    let mut app = app;
    let main = Pool::new(postgres.watch(), CONNECTIONS);
    for name in wanting {
        let pool = match name == Main::NAME {
            true => main.clone(),
            false => Pool::new(another(&postgres, &main, name).await?, CONNECTIONS),
        };
        if let Some(migrations) = app.inner.migrations.get(name) {
            apply(&pool, name, migrations, Some(postgres.data_dir())).await?;
        }
        app = app.pool_named(name, pool);
    }
    tracing::info!(data = %postgres.data_dir().display(), "local PostgreSQL {} is ready", postgres.version());
    let database = Database {
        started: Some(postgres),
        configured,
    };
    Ok((app, database))
}

/// A database beside the main one on the same server, which is made if it is not there yet.
async fn another(postgres: &LocalPostgres, main: &Pool, name: &str) -> Result<Beside, BoxError> {
    let database = name.to_lowercase();
    let there: Option<i32> = sqlx::query_scalar("SELECT 1 FROM pg_database WHERE datname = $1")
        .bind(&database)
        .fetch_optional(main)
        .await?;
    if there.is_none() {
        postgres.create_database(&database).await?;
    }
    let watch = postgres.watch();
    Ok(Beside { watch, database })
}

/// Another database of the launcher's server.
struct Beside {
    watch: ConnectionWatch,
    database: String,
}

impl CredentialSource for Beside {
    fn credentials(&self, _: Want) -> CredentialFuture<'_> {
        let connection = self.watch.current().with_database(&self.database);
        Box::pin(std::future::ready(Ok(connection.into())))
    }
}

/// The subcommand `migrate`.
pub(super) async fn migrate(app: App) -> Result<(), BoxError> {
    if app.inner.migrations.is_empty() {
        return Err("this application has no migrations: give them to `App::migrations`".into());
    }
    // `attach` has migrated the databases that it started; doing it again finds nothing to do.
    let (app, database) = attach(app).await?;
    let mut result = Ok(());
    for (name, migrations) in &app.inner.migrations {
        let pool = app.inner.pools.pool(name);
        result = apply(&pool, name, migrations, None).await;
        pool.close().await;
        if result.is_err() {
            break;
        }
        let up = migrations.iter();
        let up = up.filter(|one| !one.migration_type.is_down_migration());
        let (title, count) = (title(name), up.count());
        super::print(&format!(
            "The database{title} has all {count} migrations.\n"
        ));
    }
    database.stop().await;
    result
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
