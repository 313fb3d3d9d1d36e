//! Statements on the pool, which nothing runs a second time.

use std::time::Duration;

use futures_util::TryStreamExt;
use povery::RouteTable;
use povery::prelude::*;
use sqlx::AssertSqlSafe;
use uuid::Uuid;

pub(crate) const ROUTES: RouteTable = povery::routes![
    one, two, backend, held, sleep, rows, nested, sql, write, replace
];

/// A statement.
#[povery::route(GET, "/one")]
async fn one(pool: Pool) -> Result<Json<i32>, PoveryError> {
    Ok(Json(sqlx::query_scalar("SELECT 1").fetch_one(&pool).await?))
}

/// Two statements with so many milliseconds between them.
#[povery::route(GET, "/two?<pause>")]
async fn two(pause: u64, pool: Pool) -> Result<Json<i32>, PoveryError> {
    let one: i32 = sqlx::query_scalar("SELECT 1").fetch_one(&pool).await?;
    tokio::time::sleep(Duration::from_millis(pause)).await;
    let two: i32 = sqlx::query_scalar("SELECT 2").fetch_one(&pool).await?;
    Ok(Json(one + two))
}

/// The server process behind the connection.
#[povery::route(GET, "/backend")]
async fn backend(pool: Pool) -> Result<Json<i32>, PoveryError> {
    let statement = sqlx::query_scalar("SELECT pg_backend_pid()");
    Ok(Json(statement.fetch_one(&pool).await?))
}

/// The same, of a connection that is held for so many milliseconds more.
#[povery::route(GET, "/held?<pause>")]
async fn held(pause: u64, pool: Pool) -> Result<Json<i32>, PoveryError> {
    let mut connection = pool.acquire().await?;
    let backend = sqlx::query_scalar("SELECT pg_backend_pid()")
        .fetch_one(&mut *connection)
        .await?;
    tokio::time::sleep(Duration::from_millis(pause)).await;
    Ok(Json(backend))
}

/// A statement that takes so many seconds.
#[povery::route(GET, "/sleep?<seconds>")]
async fn sleep(seconds: f64, pool: Pool) -> Result<Json<i32>, PoveryError> {
    let statement = sqlx::query_scalar("SELECT 1 FROM pg_sleep($1)").bind(seconds);
    Ok(Json(statement.fetch_one(&pool).await?))
}

/// Reads so many rows as they come, and says their sum.
#[povery::route(GET, "/rows?<count>")]
async fn rows(count: i64, pool: Pool) -> Result<Json<i64>, PoveryError> {
    sum(count, &pool).await.map(Json)
}

pub(crate) async fn sum(count: i64, pool: &Pool) -> Result<i64, PoveryError> {
    let mut rows = sqlx::query_scalar::<_, i64>("SELECT generate_series(1, $1)")
        .bind(count)
        .fetch(pool);
    let mut sum = 0;
    while let Some(row) = rows.try_next().await? {
        sum += row;
    }
    Ok(sum)
}

/// Holds so many connections at once.
#[povery::route(GET, "/nested?<count>")]
async fn nested(count: usize, pool: Pool) -> Result<Json<usize>, PoveryError> {
    let mut held = Vec::new();
    for _ in 0..count {
        held.push(pool.acquire().await?);
    }
    Ok(Json(held.len()))
}

/// Runs that SQL.
#[povery::route(POST, "/sql?<statement>", status = 204)]
async fn sql(statement: String, pool: Pool) -> Result<(), PoveryError> {
    sqlx::raw_sql(AssertSqlSafe(statement))
        .execute(&pool)
        .await?;
    Ok(())
}

/// A write that takes so many seconds.
#[povery::route(POST, "/writes/<id>?<seconds>", status = 201)]
async fn write(id: Uuid, seconds: Option<f64>, pool: Pool) -> Result<(), PoveryError> {
    insert(id, seconds, &pool).await
}

/// The same. By its method it could be repeated, and is not.
#[povery::route(PUT, "/writes/<id>?<seconds>", status = 201)]
async fn replace(id: Uuid, seconds: Option<f64>, pool: Pool) -> Result<(), PoveryError> {
    insert(id, seconds, &pool).await
}

pub(crate) async fn insert(id: Uuid, seconds: Option<f64>, pool: &Pool) -> Result<(), PoveryError> {
    sqlx::query("INSERT INTO writes SELECT $1 FROM pg_sleep($2)")
        .bind(id)
        .bind(seconds.unwrap_or_default())
        .execute(pool)
        .await?;
    Ok(())
}
