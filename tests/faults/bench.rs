//! A function, and a fault proxy before its database: what each row of the matrix begins with.

use std::time::{Duration, Instant};

use bytes::Bytes;
use http::{HeaderMap, Method};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use povery_tests::event::{decode_v2, payload_v2};
use povery_tests::fake_secrets::{Caching, FakeExtension, FakeSecrets};
use povery_tests::fault_proxy::FaultProxy;
use povery_tests::function::{Function, RuntimeHost};
use serde_json::Value;
use tokio::time::timeout;

use crate::canary::{self, PASSWORD};
use crate::database::Database;

/// More than any answer takes, whatever is wrong.
const BOUND: Duration = Duration::from_secs(40);

/// The time for the start of a function, with its first connection.
const START: Duration = Duration::from_secs(6);

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

    /// A function that has its password from a secret, by way of an extension.
    pub(crate) async fn with_extension(
        database: Database,
        manner: Caching,
    ) -> (Self, FakeExtension) {
        let proxy = FaultProxy::start(database.address).await;
        let secrets =
            FakeSecrets::start(database.secret(proxy.port(), &database.role, PASSWORD)).await;
        let extension = FakeExtension::before(&secrets).await;
        extension.set(manner);
        let environment = secrets
            .environment()
            .into_iter()
            .chain(extension.environment());
        let function = environment.fold(function(), |function, (name, value)| {
            function.env(name, value)
        });
        (
            Self::over(database, proxy, Some(secrets), function).await,
            extension,
        )
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
        let answered = self.asked(method, path).await;
        if answered.status >= 400 {
            assert!(answered.body["requestId"].is_string(), "{answered:?}");
        }
        answered
    }

    /// The same of a route whose answers are its own, also where they are no successes.
    pub(crate) async fn asked(&self, method: Method, path: &str) -> Answered {
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

    /// The last of what the function logged of its connections, for who looks for the reason of a failure.
    pub(crate) fn course(&self) -> String {
        let lines = self.host.process().lines();
        let said = lines.iter().rev().filter(|line| {
            line.contains(r#""database":"main""#) || line.contains(r#""level":"ERROR""#)
        });
        let mut last: Vec<_> = said.take(60).map(String::as_str).collect();
        last.reverse();
        last.join("\n")
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
