//! A function, a fault proxy and a database: what each row of the matrix begins with.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use http::{HeaderMap, Method};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use povery_tests::cluster::Cluster;
use povery_tests::event::{decode_v2, payload_v2};
use povery_tests::fake_secrets::FakeSecrets;
use povery_tests::fault_proxy::FaultProxy;
use povery_tests::function::{Function, RuntimeHost};
use serde_json::{Value, json};
use sqlx::postgres::PgConnectOptions;
use sqlx::{AssertSqlSafe, Connection, PgConnection};
use tokio::sync::{Mutex, OnceCell};
use tokio::time::timeout;
use uuid::Uuid;

use crate::canary::{self, PASSWORD};

/// More than any answer takes, whatever is wrong.
const BOUND: Duration = Duration::from_secs(40);

/// The time for the start of a function, with its first connection.
const START: Duration = Duration::from_secs(5);

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

/// An answer of the function.
#[derive(Clone, Debug)]
pub(crate) struct Answered {
    pub(crate) status: u16,
    pub(crate) body: Value,
    pub(crate) took: Duration,
}

impl Answered {
    /// That status, within that time.
    #[track_caller]
    pub(crate) fn is(&self, status: u16, within: Duration) {
        assert!(self.status == status && self.took < within, "{self:?}");
    }
}

/// The time for an answer that needs no more than one new connection.
pub(crate) const SOON: Duration = Duration::from_secs(2);
/// The time for an answer that uses the whole budget of an acquire.
pub(crate) const BUDGET: Duration = Duration::from_millis(4_500);

/// A running function and the way to its database.
#[derive(Debug)]
pub(crate) struct Bench {
    host: RuntimeHost,
    pub(crate) proxy: FaultProxy,
    pub(crate) database: Database,
    /// Where the password is, if the function has it from a secret.
    pub(crate) secrets: Option<FakeSecrets>,
}

/// The function's program, logging everything.
pub(crate) fn function() -> Function {
    Function::new(env!("CARGO_BIN_EXE_faults-function"))
        .env("RUST_LOG", "trace")
        .bound(BOUND)
}

impl Bench {
    /// A function with a database on the shared server, by `DATABASE_URL`.
    pub(crate) async fn start() -> Self {
        Self::with(Database::shared().await, |function| function).await
    }

    /// A function with that database, configured further.
    pub(crate) async fn with(
        database: Database,
        configure: impl FnOnce(Function) -> Function,
    ) -> Self {
        let proxy = FaultProxy::start(database.address).await;
        let url = database.url("127.0.0.1", proxy.port(), "sslmode=disable");
        let function = configure(function().env("DATABASE_URL", url));
        Self::over(database, proxy, None, function).await
    }

    /// A function that comes to its database by a proxy and `configure` alone.
    pub(crate) async fn through(
        proxy: FaultProxy,
        database: Database,
        configure: impl FnOnce(Function) -> Function,
    ) -> Self {
        Self::over(database, proxy, None, configure(function())).await
    }

    /// A function that has its password from a secret.
    pub(crate) async fn with_secret(
        database: Database,
        configure: impl FnOnce(Function) -> Function,
    ) -> Self {
        Self::prepared(database, |_| (), configure).await
    }

    /// The same, with a Secrets Manager that fails from the beginning.
    pub(crate) async fn cold(database: Database, spoil: impl FnOnce(&FakeSecrets)) -> Self {
        Self::prepared(database, spoil, |function| function).await
    }

    async fn prepared(
        database: Database,
        spoil: impl FnOnce(&FakeSecrets),
        configure: impl FnOnce(Function) -> Function,
    ) -> Self {
        let proxy = FaultProxy::start(database.address).await;
        let text = database.secret(proxy.port(), &database.role, PASSWORD);
        let secrets = FakeSecrets::start(text).await;
        spoil(&secrets);
        let environment = secrets.environment().into_iter();
        let function = environment.fold(function(), |function, (name, value)| {
            function.env(name, value)
        });
        Self::over(database, proxy, Some(secrets), configure(function)).await
    }

    async fn over(
        database: Database,
        proxy: FaultProxy,
        secrets: Option<FakeSecrets>,
        function: Function,
    ) -> Self {
        let host = RuntimeHost::start(function).await;
        // Whatever is wrong with its database, it starts: connecting before is not to take longer than 3 s.
        let serves = timeout(START, host.api().wait_for(|seen| seen.serves)).await;
        assert!(serves.is_ok(), "it does not start: {}", host.log());
        Self {
            host,
            proxy,
            database,
            secrets,
        }
    }

    pub(crate) fn host(&self) -> &RuntimeHost {
        &self.host
    }

    /// The fake that the secret is in.
    pub(crate) fn secrets(&self) -> &FakeSecrets {
        self.secrets.as_ref().expect("started with a secret")
    }

    pub(crate) async fn get(&self, path: &str) -> Answered {
        self.send(Method::GET, path).await
    }

    pub(crate) async fn post(&self, path: &str) -> Answered {
        self.send(Method::POST, path).await
    }

    /// Sends a request. Whatever is wrong with the form of its answer, for any fault, fails here.
    pub(crate) async fn send(&self, method: Method, path: &str) -> Answered {
        let (path, query) = path.split_once('?').unwrap_or((path, ""));
        let event = payload_v2(&method, path, query, &HeaderMap::new(), &Bytes::new());
        let since = Instant::now();
        let answer = self.host.invoke(event).await;
        let took = since.elapsed();
        let answer = answer.unwrap_or_else(|error| panic!("{method} {path}: {error}"));
        canary::search("an answer", &answer.to_string());
        let answer = decode_v2(&answer).expect("a response");
        let status = answer.status;
        let again = answer.header("retry-after");
        let again = again.and_then(|seconds| seconds.parse::<u32>().ok());
        assert_eq!(status == 503, again.is_some(), "{answer:?}");
        let body: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
        if status >= 400 {
            assert!(body["requestId"].is_string(), "{answer:?}");
        }
        Answered { status, body, took }
    }

    /// Sends a GET that must succeed within that time, and returns its body.
    pub(crate) async fn ok(&self, path: &str, within: Duration) -> Value {
        let answer = self.get(path).await;
        assert!(
            answer.status == 200 && answer.took < within,
            "{path}: {answer:?}\n{}",
            self.told()
        );
        answer.body
    }

    /// Runs SQL through the function.
    pub(crate) async fn sql(&self, statement: &str) -> Answered {
        let statement = utf8_percent_encode(statement, NON_ALPHANUMERIC);
        self.post(&format!("/sql?statement={statement}")).await
    }

    /// What the function logged, without the traces.
    pub(crate) fn told(&self) -> String {
        let lines = self.host.process().lines();
        let told = lines.iter().filter(|line| {
            !line.contains(r#""level":"TRACE""#) && !line.contains(r#""level":"DEBUG""#)
        });
        told.map(String::as_str).collect::<Vec<_>>().join("\n")
    }
}

/// Everything that the function has logged is searched for the password.
impl Drop for Bench {
    fn drop(&mut self) {
        self.host.kill();
        if !std::thread::panicking() {
            canary::search("a log", &self.host.log());
        }
    }
}
