//! A real PostgreSQL for the tests: one server for a test process, a database for a test.

use povery::local::postgres::{Connection, Launcher, LocalPostgres, Role};
use sqlx::{AssertSqlSafe, Connection as _, PgConnection};
use tokio::sync::OnceCell;
use uuid::Uuid;

use crate::workspace;

static CLUSTER: OnceCell<Cluster> = OnceCell::const_new();

struct Cluster {
    server: LocalPostgres,
    /// The database, with the users application's schema, of which each test gets a copy.
    template: String,
}

/// A new database with the schema of the users application, empty.
///
/// # Panics
/// If the server cannot be started; the message says why.
pub async fn users_database() -> Connection {
    let cluster = CLUSTER.get_or_init(cluster).await;
    let name = unique("test");
    let created = cluster
        .server
        .create_database_from(&name, &cluster.template)
        .await;
    created.unwrap_or_else(|error| panic!("no database for a test: {error}"))
}

/// The server, which ends with this process, however that ends.
async fn cluster() -> Cluster {
    let launcher = Launcher::new(workspace::cache_dir());
    let server = launcher
        .start()
        .await
        .unwrap_or_else(|error| panic!("no PostgreSQL for the tests: {error}"));
    if server.role() == Role::Owner {
        remove_leftovers(&server).await;
    }
    let template = unique("template");
    let connection = server
        .create_database(&template)
        .await
        .expect("the template is new");
    let mut client = connect(&connection).await;
    users::MIGRATIONS
        .run(&mut client)
        .await
        .expect("the migrations apply to an empty database");
    client.close().await.expect("closes");
    Cluster { server, template }
}

/// Databases of earlier runs, which nobody uses once the server starts anew.
async fn remove_leftovers(server: &LocalPostgres) {
    let mut client = connect(&server.connection()).await;
    let names: Vec<String> = sqlx::query_scalar(
        r"SELECT datname FROM pg_database WHERE datname ~ '^(test|template)_[0-9a-f]{32}$'",
    )
    .fetch_all(&mut client)
    .await
    .expect("the catalogue can be read");
    for name in names {
        server
            .drop_database(&name)
            .await
            .expect("a leftover can be dropped");
    }
}

fn unique(kind: &str) -> String {
    format!("{kind}_{}", Uuid::new_v4().simple())
}

/// A client of that database.
///
/// # Panics
/// If it cannot be reached.
pub async fn connect(connection: &Connection) -> PgConnection {
    PgConnection::connect_with(&connection.options())
        .await
        .expect("the test's database answers")
}

/// Runs statements in that database.
///
/// # Panics
/// If one fails.
pub async fn execute(connection: &Connection, statements: &str) {
    let mut client = connect(connection).await;
    sqlx::raw_sql(AssertSqlSafe(statements))
        .execute(&mut client)
        .await
        .expect("the statements run");
}
