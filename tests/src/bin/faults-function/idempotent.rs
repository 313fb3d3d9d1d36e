//! Routes whose statements may be run again.

use std::time::Duration;

use povery::RouteTable;
use povery::prelude::*;
use uuid::Uuid;

use crate::statements::{insert, sum};

pub(crate) const ROUTES: RouteTable = povery::routes![two, sleep, rows, write];

/// Two statements with so many milliseconds between them.
#[povery::route(GET, "/two?<pause>", idempotent)]
async fn two(pause: u64, pool: Pool) -> Result<Json<i32>, PoveryError> {
    let one: i32 = sqlx::query_scalar("SELECT 1").fetch_one(&pool).await?;
    tokio::time::sleep(Duration::from_millis(pause)).await;
    let two: i32 = sqlx::query_scalar("SELECT 2").fetch_one(&pool).await?;
    Ok(Json(one + two))
}

/// A statement that takes so many seconds.
#[povery::route(GET, "/sleep?<seconds>", idempotent)]
async fn sleep(seconds: f64, pool: Pool) -> Result<Json<i32>, PoveryError> {
    let statement = sqlx::query_scalar("SELECT 1 FROM pg_sleep($1)").bind(seconds);
    Ok(Json(statement.fetch_one(&pool).await?))
}

/// Reads so many rows as they come, and says their sum.
#[povery::route(GET, "/rows?<count>", idempotent)]
async fn rows(count: i64, pool: Pool) -> Result<Json<i64>, PoveryError> {
    sum(count, &pool).await.map(Json)
}

/// A write that may be repeated, as its author says.
#[povery::route(POST, "/writes/<id>?<seconds>", idempotent, status = 201)]
async fn write(id: Uuid, seconds: Option<f64>, pool: Pool) -> Result<(), PoveryError> {
    insert(id, seconds, &pool).await
}
