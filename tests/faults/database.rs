//! A database of a test, and what the superuser sees and does there, past every fault.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use povery_tests::cluster::Cluster;
use serde_json::json;
use sqlx::postgres::PgConnectOptions;
use sqlx::{AssertSqlSafe, Connection, PgConnection};
use tokio::sync::{Mutex, OnceCell};
use uuid::Uuid;

use crate::canary::PASSWORD;

/// A database with the tables of the bench, and the role that functions log in as.
#[derive(Clone, Debug)]
pub(crate) struct Database {
    pub(crate) address: SocketAddr,
    pub(crate) name: String,
    pub(crate) role: String,
    options: PgConnectOptions,
    /// The superuser's connection, past every fault between a function and the server; none if it broke.
    admin: Arc<Mutex<Option<PgConnection>>>,
}

/// Ends with the test process.
static SHARED: OnceCell<Cluster> = OnceCell::const_new();

/// `writes` has no key: what is written twice is there twice.
const TABLES: &str = "
    CREATE TABLE writes (id uuid NOT NULL);
    CREATE TABLE accounts (id int PRIMARY KEY, balance int NOT NULL CHECK (balance >= 0));
    INSERT INTO accounts SELECT id, 1000 FROM generate_series(1, 8) AS id;
    CREATE TABLE parents (id int PRIMARY KEY);
    CREATE TABLE children (
        id int PRIMARY KEY,
        parent int NOT NULL REFERENCES parents DEFERRABLE
    );
    CREATE TABLE slots (at int, EXCLUDE USING btree (at WITH =));
    INSERT INTO slots VALUES (1);
";

impl Database {
    /// One on the server that all tests share.
    pub(crate) async fn shared() -> Self {
        Self::on(SHARED.get_or_init(|| Cluster::start(&[])).await).await
    }

    /// One on a server of the test's own.
    pub(crate) async fn on(cluster: &Cluster) -> Self {
        let name = format!("faults_{}", Uuid::new_v4().simple());
        cluster.execute(&format!("CREATE DATABASE {name}")).await;
        let options = cluster.admin().database(&name);
        Self::prepare(cluster.address(), options, name).await
    }

    async fn prepare(address: SocketAddr, options: PgConnectOptions, name: String) -> Self {
        // A role of its own: it owns what is in the database, and goes with it.
        let role = format!("role_{name}");
        let database = Self {
            address,
            name,
            role,
            options,
            admin: Arc::default(),
        };
        let (name, role) = (&database.name, &database.role);
        database.set_password(PASSWORD).await;
        let grants = format!(
            "GRANT ALL ON DATABASE {name} TO {role}; GRANT ALL ON ALL TABLES IN SCHEMA public TO {role}"
        );
        database.execute(&format!("{TABLES} {grants}")).await;
        database
    }

    /// Gives the role that password.
    pub(crate) async fn set_password(&self, password: &str) {
        self.set_password_of(&self.role, password).await;
    }

    /// Gives that role, which may do what the other one may, that password.
    pub(crate) async fn set_password_of(&self, role: &str, password: &str) {
        let owner = match role == self.role {
            true => String::new(),
            false => format!(" IN ROLE {}", self.role),
        };
        let password = password.replace('\'', "''");
        self.execute(&format!(
            "DO $$ BEGIN CREATE ROLE {role}{owner}; EXCEPTION WHEN duplicate_object THEN END $$;
            ALTER ROLE {role} LOGIN PASSWORD '{password}'"
        ))
        .await;
    }

    /// A login as a function's, past the proxy.
    pub(crate) fn login(&self) -> PgConnectOptions {
        self.options.clone().username(&self.role).password(PASSWORD)
    }

    /// Asks as superuser, on a new connection if the last one has ended.
    async fn ask<T>(
        &self,
        question: impl AsyncFn(&mut PgConnection) -> Result<T, sqlx::Error>,
    ) -> T {
        let mut admin = self.admin.lock().await;
        if let Some(client) = &mut *admin
            && let Ok(answer) = question(client).await
        {
            return answer;
        }
        let client = PgConnection::connect_with(&self.options).await;
        let client = admin.insert(client.expect("the superuser is let in"));
        question(client).await.expect("the superuser is answered")
    }

    /// Runs statements as superuser.
    pub(crate) async fn execute(&self, statements: &str) {
        let run = async |client: &mut PgConnection| {
            let statements = AssertSqlSafe(statements.to_owned());
            sqlx::raw_sql(statements).execute(client).await
        };
        self.ask(run).await;
    }

    /// One number, asked as superuser.
    pub(crate) async fn number(&self, statement: &str) -> i64 {
        let ask = async |client: &mut PgConnection| {
            let statement = sqlx::query_scalar(AssertSqlSafe(statement.to_owned()));
            statement.fetch_one(client).await
        };
        self.ask(ask).await
    }

    /// How often a row was written.
    pub(crate) async fn written(&self, id: Uuid) -> i64 {
        let statement = format!("SELECT count(*) FROM writes WHERE id = '{id}'");
        self.number(&statement).await
    }

    /// Ends the connections of functions on the server, and waits until they have ended.
    pub(crate) async fn terminate(&self) {
        let theirs = self.theirs();
        let statement = format!(
            "SELECT count(pg_terminate_backend(pid, 5000)) FROM pg_stat_activity WHERE {theirs}"
        );
        self.number(&statement).await;
    }

    /// The processes of functions' connections on the server.
    pub(crate) async fn backends(&self) -> Vec<i32> {
        let theirs = self.theirs();
        let ask = async |client: &mut PgConnection| {
            let statement = format!("SELECT pid FROM pg_stat_activity WHERE {theirs}");
            sqlx::query_scalar(AssertSqlSafe(statement))
                .fetch_all(client)
                .await
        };
        self.ask(ask).await
    }

    /// The transactions that functions have open now.
    pub(crate) async fn open_transactions(&self) -> i64 {
        let theirs = self.theirs();
        let statement = format!(
            "SELECT count(*) FROM pg_stat_activity WHERE {theirs} AND xact_start IS NOT NULL"
        );
        self.number(&statement).await
    }

    /// The condition for connections of functions.
    fn theirs(&self) -> String {
        let (name, role) = (&self.name, &self.role);
        format!("datname = '{name}' AND starts_with(usename, '{role}')")
    }

    /// What was answered 201 is there once, and nothing is there twice.
    pub(crate) async fn agrees_with(&self, sent: &HashMap<Uuid, u16>) {
        let ask = async |client: &mut PgConnection| {
            let statement = sqlx::query_as("SELECT id, count(*) FROM writes GROUP BY id");
            statement.fetch_all(client).await
        };
        let rows: Vec<(Uuid, i64)> = self.ask(ask).await;
        let written: HashMap<_, _> = rows.into_iter().collect();
        for (id, status) in sent {
            let rows = written.get(id).copied().unwrap_or_default();
            let allowed = match status {
                201 => 1..=1,
                // The outcome is unknown.
                503 | 504 => 0..=1,
                _ => 0..=0,
            };
            assert!(
                allowed.contains(&rows),
                "{rows} rows of what was answered {status}: {id}"
            );
        }
    }

    /// Waits until functions have no transaction open, which must be so within a second.
    pub(crate) async fn settles(&self) {
        let since = Instant::now();
        while self.open_transactions().await > 0 {
            assert!(
                since.elapsed() < Duration::from_secs(1),
                "a transaction is open 1 s after the answer"
            );
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// The secret's text for a login at that port.
    pub(crate) fn secret(&self, port: u16, role: &str, password: &str) -> String {
        let secret = json!({
            "host": "127.0.0.1", "port": port, "username": role, "password": password,
            "dbname": self.name, "engine": "postgres",
        });
        secret.to_string()
    }

    /// `DATABASE_URL` for that host and port.
    pub(crate) fn url(&self, host: &str, port: u16, parameters: &str) -> String {
        let password = utf8_percent_encode(PASSWORD, NON_ALPHANUMERIC);
        let (role, name) = (&self.role, &self.name);
        format!("postgres://{role}:{password}@{host}:{port}/{name}?{parameters}")
    }
}
