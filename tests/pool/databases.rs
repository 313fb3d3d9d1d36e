//! Several databases in one application.

use povery::prelude::*;
use povery::test::TestClient;
use povery::{Database, ReadWrite};

use super::credentials;

struct Orders;

impl Database for Orders {
    const NAME: &'static str = "ORDERS";
}

const NAME: &str = "SELECT current_database()::text";

#[povery::route(GET, "/names")]
async fn names(main: Pool, orders: Pool<Orders>) -> Result<Json<[String; 2]>, PoveryError> {
    let main = sqlx::query_scalar(NAME).fetch_one(&main).await?;
    let orders = sqlx::query_scalar(NAME).fetch_one(&orders).await?;
    Ok(Json([main, orders]))
}

/// A transaction for each, and both end with the answer.
#[povery::route(POST, "/both/<status>")]
async fn both(
    status: u16,
    mut main: Tx,
    mut orders: Tx<ReadWrite, Orders>,
) -> Result<StatusCode, PoveryError> {
    for tx in [1, 2] {
        let insert = sqlx::query("INSERT INTO numbers VALUES ($1)").bind(tx);
        match tx {
            1 => insert.execute(&mut main).await?,
            _ => insert.execute(&mut orders).await?,
        };
    }
    StatusCode::from_u16(status).map_err(PoveryError::internal)
}

#[povery::route(GET, "/nothing")]
async fn nothing() {}

async fn counts(main: &Pool, orders: &Pool<Orders>) -> (i64, i64) {
    let count = "SELECT count(*) FROM numbers";
    let main = sqlx::query_scalar(count).fetch_one(main).await.unwrap();
    let orders = sqlx::query_scalar(count).fetch_one(orders).await.unwrap();
    (main, orders)
}

#[tokio::test]
async fn each_type_has_its_own_pool_and_transaction() {
    let main = Pool::new(credentials().await, 2);
    let orders = Pool::new(credentials().await, 2).for_database::<Orders>();
    let table = "CREATE TABLE numbers (n int)";
    sqlx::raw_sql(table).execute(&main).await.unwrap();
    sqlx::raw_sql(table).execute(&orders).await.unwrap();
    let app = App::new()
        .routes(povery::routes![names, both, nothing])
        .pool(main.clone())
        .pool(orders.clone());
    let used: Vec<Vec<_>> = app
        .route_table()
        .iter()
        .map(|route| route.databases().collect())
        .collect();
    assert_eq!(used, [vec!["", "ORDERS"], vec!["", "ORDERS"], vec![]]);
    let client = TestClient::new(app);
    let [one, two] = client.get("/names").send().await.json::<[String; 2]>();
    assert_ne!(one, two);
    assert_eq!(client.post("/both/400").send().await.status(), 400);
    assert_eq!(counts(&main, &orders).await, (0, 0));
    assert_eq!(client.post("/both/201").send().await.status(), 201);
    assert_eq!(counts(&main, &orders).await, (1, 1));
}

#[tokio::test]
async fn a_database_that_is_not_configured_names_its_own_variables() {
    let pool = Pool::<Orders>::configured(povery::PoolOptions::new());
    let error = pool.acquire().await.unwrap_err();
    let text = error.to_string();
    assert!(
        text.contains("set ORDERS_DB_SECRET_ID or ORDERS_DATABASE_URL"),
        "{text}"
    );
    assert_eq!(PoveryError::from(error).status(), 503);
}
