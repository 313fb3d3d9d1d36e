//! An application that takes orders, and its database.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use povery::prelude::*;
use povery::test::{TestClient, TestRequest, TestResponse};
use povery::{
    Authorizer, Body, Credentials, IdempotencyOptions, PoolMode, PoolOptions, RouteTable,
    Serializable,
};
use povery_tests::database::users_database;
use povery_tests::fault_proxy::FaultProxy;
use secrecy::ExposeSecret;
use serde::{Deserialize, Serialize};
use sqlx::Connection;

pub(crate) const ROUTES: RouteTable = povery::routes![
    order,
    only_keyed,
    transfer,
    serializable,
    refuse,
    violate,
    hide,
    fail,
    later,
    panics,
    hang,
    nest,
    leave,
    stream,
    large
];

/// How often handlers were called, and what they are to do.
#[derive(Clone, Default)]
pub(crate) struct Calls {
    pub(crate) count: Arc<AtomicUsize>,
    /// How many of the next calls fail.
    pub(crate) failing: Arc<AtomicUsize>,
}

impl Calls {
    pub(crate) fn so_far(&self) -> usize {
        self.count.load(Ordering::SeqCst)
    }

    fn fails(&self) -> bool {
        self.count.fetch_add(1, Ordering::SeqCst);
        let left = &self.failing;
        left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| {
            left.checked_sub(1)
        })
        .is_ok()
    }
}

#[derive(Deserialize, Serialize, Validate)]
pub(crate) struct Order {
    #[validate(length(min = 1))]
    pub(crate) article: String,
    /// How long it takes, in milliseconds.
    #[serde(default)]
    pub(crate) pause: u64,
}

pub(crate) fn an_order(article: &str) -> Order {
    Order {
        article: article.to_owned(),
        pause: 0,
    }
}

/// The effect; its number is in the answer.
async fn insert<M: povery::TransactionMode>(
    what: &str,
    tx: &mut Tx<M>,
) -> Result<i64, sqlx::Error> {
    sqlx::query_scalar("INSERT INTO effects (what) VALUES ($1) RETURNING n")
        .bind(what)
        .fetch_one(tx)
        .await
}

#[povery::route(POST, "/orders", idempotency_key, status = 201)]
async fn order(
    Json(order): Json<Order>,
    calls: State<Calls>,
    mut tx: Tx,
) -> Result<(Location, [(&'static str, &'static str); 1], Json<i64>), PoveryError> {
    let fails = calls.fails();
    let number = insert(&order.article, &mut tx).await?;
    tokio::time::sleep(Duration::from_millis(order.pause)).await;
    if fails {
        return Err(PoveryError::internal("as the test says"));
    }
    let seen = [("x-call", "seen")];
    Ok((
        Location::new(format!("/orders/{number}")),
        seen,
        Json(number),
    ))
}

#[povery::route(POST, "/only-keyed?<limit>", idempotency_key = required)]
async fn only_keyed(
    #[validate(range(max = 9))] limit: Option<u32>,
    mut tx: Tx,
) -> Result<Json<i64>, PoveryError> {
    let what = limit.unwrap_or_default().to_string();
    Ok(Json(insert(&what, &mut tx).await?))
}

#[povery::route(POST, "/accounts/<id>/transfers?<cents>", idempotency_key)]
async fn transfer(id: i64, cents: i64, mut tx: Tx) -> Result<Json<i64>, PoveryError> {
    Ok(Json(insert(&format!("{id} {cents}"), &mut tx).await?))
}

#[povery::route(POST, "/serializable", idempotency_key)]
async fn serializable(
    Json(order): Json<Order>,
    mut tx: Tx<Serializable>,
) -> Result<Json<i64>, PoveryError> {
    let number = insert(&order.article, &mut tx).await?;
    tokio::time::sleep(Duration::from_millis(order.pause)).await;
    Ok(Json(number))
}

/// Refuses what it has written.
#[povery::route(POST, "/refuse", idempotency_key)]
async fn refuse(calls: State<Calls>, mut tx: Tx) -> Result<(), PoveryError> {
    calls.fails();
    insert("refused", &mut tx).await?;
    Err(PoveryError::conflict("Too late").with_code("TOO_LATE"))
}

/// Fails with a statement, after which the server takes no other of the transaction.
#[povery::route(POST, "/violate", idempotency_key)]
async fn violate(calls: State<Calls>, mut tx: Tx) -> Result<(), PoveryError> {
    calls.fails();
    insert("violating", &mut tx).await?;
    sqlx::query("INSERT INTO effects SELECT max(n), 'twice' FROM effects")
        .execute(&mut tx)
        .await?;
    Ok(())
}

/// Says that all is well although a statement has failed.
#[povery::route(POST, "/hide", idempotency_key)]
async fn hide(mut tx: Tx) -> Result<(), PoveryError> {
    insert("hidden", &mut tx).await?;
    let _ = sqlx::query("SELECT 1 / 0").execute(&mut tx).await;
    Ok(())
}

#[povery::route(POST, "/fail", idempotency_key)]
async fn fail(calls: State<Calls>, mut tx: Tx) -> Result<StatusCode, PoveryError> {
    let fails = calls.fails();
    insert("failing", &mut tx).await?;
    Ok(match fails {
        true => StatusCode::BAD_GATEWAY,
        false => StatusCode::ACCEPTED,
    })
}

#[povery::route(POST, "/later", idempotency_key)]
async fn later(calls: State<Calls>, mut tx: Tx) -> Result<StatusCode, PoveryError> {
    let fails = calls.fails();
    insert("later", &mut tx).await?;
    Ok(match fails {
        true => StatusCode::TOO_MANY_REQUESTS,
        false => StatusCode::OK,
    })
}

#[povery::route(POST, "/panics", idempotency_key)]
async fn panics(calls: State<Calls>, mut tx: Tx) -> Result<Json<i64>, PoveryError> {
    let fails = calls.fails();
    let number = insert("panicking", &mut tx).await?;
    assert!(!fails, "as the test says");
    Ok(Json(number))
}

#[povery::route(POST, "/hang", idempotency_key)]
async fn hang(calls: State<Calls>, mut tx: Tx) -> Result<Json<i64>, PoveryError> {
    let fails = calls.fails();
    let number = insert("hanging", &mut tx).await?;
    if fails {
        std::future::pending::<()>().await;
    }
    Ok(Json(number))
}

/// Has savepoints of its own, of which one is undone.
#[povery::route(POST, "/nest?<refused>", idempotency_key)]
async fn nest(refused: bool, mut tx: Tx) -> Result<Json<i64>, PoveryError> {
    let mut connection = tx.connection().await?;
    for (what, kept) in [("kept", true), ("undone", false)] {
        let mut savepoint = connection.begin().await?;
        let insert = sqlx::query("INSERT INTO effects (what) VALUES ($1)").bind(what);
        insert.execute(&mut *savepoint).await?;
        match kept {
            true => savepoint.commit().await?,
            false => savepoint.rollback().await?,
        }
    }
    drop(connection);
    let number = insert("nested", &mut tx).await?;
    match refused {
        true => Err(PoveryError::conflict("Too late")),
        false => Ok(Json(number)),
    }
}

/// Leaves a savepoint as it is, neither ended nor dropped: what is in it is undone.
#[povery::route(POST, "/leave?<refused>", idempotency_key)]
async fn leave(refused: bool, mut tx: Tx) -> Result<Json<i64>, PoveryError> {
    let number = insert("outside", &mut tx).await?;
    let mut connection = tx.connection().await?;
    let mut savepoint = connection.begin().await?;
    sqlx::query("INSERT INTO effects (what) VALUES ('inside')")
        .execute(&mut *savepoint)
        .await?;
    std::mem::forget(savepoint);
    match refused {
        true => Err(PoveryError::conflict("Too late")),
        false => Ok(Json(number)),
    }
}

#[povery::route(POST, "/stream", idempotency_key)]
async fn stream(mut tx: Tx) -> Result<Body, PoveryError> {
    let number = insert("streamed", &mut tx).await?;
    let chunks = ["number ".to_owned(), number.to_string()].map(Ok::<_, povery::BoxError>);
    Ok(Body::from_stream(futures_util::stream::iter(chunks)))
}

#[povery::route(POST, "/large?<bytes>", idempotency_key)]
async fn large(bytes: usize, mut tx: Tx) -> Result<Vec<u8>, PoveryError> {
    insert("large", &mut tx).await?;
    Ok(vec![7; bytes])
}

/// The application, and what can be seen of it from beside.
pub(crate) struct Shop {
    pub(crate) app: App,
    pub(crate) client: TestClient,
    pub(crate) calls: Calls,
    /// Past whatever stands between the application and its database.
    pub(crate) beside: Pool,
    pub(crate) proxy: FaultProxy,
}

/// How a shop is to be.
pub(crate) struct Manner {
    pub(crate) size: usize,
    pub(crate) mode: PoolMode,
    /// How long a request waits for a connection.
    pub(crate) patience: Duration,
    pub(crate) has_table: bool,
    pub(crate) has_authorizer: bool,
    pub(crate) options: IdempotencyOptions,
}

impl Default for Manner {
    fn default() -> Self {
        Self {
            size: 4,
            mode: PoolMode::Direct,
            // Logins take their time where many are made at once, and most tests are not about that.
            patience: Duration::from_secs(30),
            has_table: true,
            has_authorizer: false,
            options: IdempotencyOptions::new(),
        }
    }
}

impl Shop {
    pub(crate) async fn open() -> Self {
        Self::with(Manner::default()).await
    }

    pub(crate) async fn with(manner: Manner) -> Self {
        let database = users_database().await;
        let proxy = FaultProxy::start(SocketAddr::new(database.host, database.port)).await;
        let login = Credentials::new(
            "127.0.0.1",
            &*database.user,
            database.password.expose_secret().to_owned(),
            &*database.database,
        );
        let beside = Pool::new(Credentials::from(database), 2);
        let effects = "CREATE TABLE effects (n bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, what text NOT NULL)";
        let effects = effects.replace("ALWAYS", "BY DEFAULT");
        let tables = match manner.has_table {
            true => format!("{effects}; {}", IdempotencyOptions::MIGRATION),
            false => effects,
        };
        let tables = sqlx::raw_sql(sqlx::AssertSqlSafe(tables));
        tables.execute(&beside).await.unwrap();
        let options = PoolOptions::new()
            .size(manner.size)
            .mode(manner.mode)
            .connect_timeout(manner.patience)
            .acquire_timeout(manner.patience);
        let pool = Pool::with_options(login.with_port(proxy.port()), options);
        let calls = Calls::default();
        let mut app = App::new()
            .routes(ROUTES)
            .pool(pool)
            .state(calls.clone())
            .idempotency(manner.options);
        if manner.has_authorizer {
            app = app.authorizer(Authorizer::gateway());
        }
        app.check().unwrap();
        Self {
            client: TestClient::new(app.clone()),
            app,
            calls,
            beside,
            proxy,
        }
    }

    /// A request with that key.
    pub(crate) fn post(&self, path: &str, key: &str) -> TestRequest {
        self.client.post(path).header("idempotency-key", key)
    }

    /// An order with that key.
    pub(crate) async fn order(&self, key: &str, article: &str) -> TestResponse {
        let order = an_order(article);
        self.post("/orders", key).json(&order).send().await
    }

    /// The effects that there are, in their order.
    pub(crate) async fn effects(&self) -> Vec<String> {
        let effects = sqlx::query_scalar("SELECT what FROM effects ORDER BY n");
        effects.fetch_all(&self.beside).await.unwrap()
    }

    pub(crate) async fn records(&self) -> i64 {
        let records = sqlx::query_scalar("SELECT count(*) FROM povery_idempotency");
        records.fetch_one(&self.beside).await.unwrap()
    }
}

/// The same answer, word for word, but for what says that it is the second time.
#[track_caller]
pub(crate) fn same(first: &TestResponse, again: &TestResponse) {
    assert_eq!(first.header("idempotency-replayed"), None);
    assert_eq!(again.header("idempotency-replayed"), Some("true"));
    let mut headers = again.headers().clone();
    headers.remove("idempotency-replayed");
    assert_eq!(
        (first.status(), first.headers()),
        (again.status(), &headers)
    );
    assert_eq!(first.bytes(), again.bytes());
}

/// The status and the code of an error.
pub(crate) fn error(answer: &TestResponse) -> (u16, String) {
    (answer.status().as_u16(), answer.error().code)
}
