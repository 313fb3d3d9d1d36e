//! Transactions: those of a request, and those of one's own.

use std::future::pending;
use std::time::Duration;

use povery::RouteTable;
use povery::Serializable;
use povery::prelude::*;
use uuid::Uuid;

pub(crate) const ROUTES: RouteTable = povery::routes![
    write, panics, hangs, refuses, transfer, deferred, increment, cross, repeat, parallel
];

async fn insert(id: Uuid, tx: &mut Tx) -> Result<(), PoveryError> {
    sqlx::query("INSERT INTO writes VALUES ($1)")
        .bind(id)
        .execute(tx)
        .await?;
    Ok(())
}

/// A write, with so many milliseconds between it and the commit.
#[povery::route(POST, "/writes/<id>?<pause>", status = 201)]
async fn write(id: Uuid, pause: Option<u64>, mut tx: Tx) -> Result<(), PoveryError> {
    insert(id, &mut tx).await?;
    tokio::time::sleep(Duration::from_millis(pause.unwrap_or_default())).await;
    Ok(())
}

/// The same on a route whose statements may be repeated: its commit may not.
#[povery::route(POST, "/repeat/<id>?<pause>", idempotent, status = 201)]
async fn repeat(id: Uuid, pause: Option<u64>, mut tx: Tx) -> Result<(), PoveryError> {
    insert(id, &mut tx).await?;
    tokio::time::sleep(Duration::from_millis(pause.unwrap_or_default())).await;
    Ok(())
}

#[povery::route(POST, "/panics/<id>")]
async fn panics(id: Uuid, mut tx: Tx) -> Result<(), PoveryError> {
    insert(id, &mut tx).await?;
    panic!("an unlucky transaction");
}

/// Never ends: in the server if `there`, else in the handler.
#[povery::route(POST, "/hangs/<id>?<there>")]
async fn hangs(id: Uuid, there: bool, mut tx: Tx) -> Result<(), PoveryError> {
    insert(id, &mut tx).await?;
    if there {
        sqlx::query("SELECT pg_sleep(60)").execute(&mut tx).await?;
    }
    pending().await
}

#[povery::route(POST, "/refuses/<id>")]
async fn refuses(id: Uuid, mut tx: Tx) -> Result<(), PoveryError> {
    insert(id, &mut tx).await?;
    Err(PoveryError::new(
        StatusCode::CONFLICT,
        "It was seen too late",
    ))
}

/// Moves money, and notes that under the id.
#[povery::route(POST, "/transfers/<id>?<from>&<to>&<amount>", status = 201)]
async fn transfer(
    id: Uuid,
    from: i32,
    to: i32,
    amount: i32,
    mut tx: Tx,
) -> Result<(), PoveryError> {
    const CHANGE: &str = "UPDATE accounts SET balance = balance + $2 WHERE id = $1";
    // Always in the same order, so that two of them do not wait for each other.
    let mut changes = [(from, -amount), (to, amount)];
    changes.sort_unstable();
    for (account, change) in changes {
        sqlx::query(CHANGE)
            .bind(account)
            .bind(change)
            .execute(&mut tx)
            .await?;
    }
    insert(id, &mut tx).await
}

/// Violates a constraint that is checked at the commit.
#[povery::route(POST, "/deferred", status = 201)]
async fn deferred(mut tx: Tx) -> Result<(), PoveryError> {
    sqlx::query("SET CONSTRAINTS ALL DEFERRED")
        .execute(&mut tx)
        .await?;
    sqlx::query("INSERT INTO children VALUES (1, 1)")
        .execute(&mut tx)
        .await?;
    Ok(())
}

/// Adds one to a balance that it has read before, as if it was alone.
#[povery::route(POST, "/increments/<account>", status = 201)]
async fn increment(account: i32, pool: Pool) -> Result<(), PoveryError> {
    pool.transaction_with(Serializable, async |mut tx| {
        let balance: i32 = sqlx::query_scalar("SELECT balance FROM accounts WHERE id = $1")
            .bind(account)
            .fetch_one(&mut tx)
            .await?;
        tokio::time::sleep(Duration::from_millis(10)).await;
        sqlx::query("UPDATE accounts SET balance = $2 WHERE id = $1")
            .bind(account)
            .bind(balance + 1)
            .execute(&mut tx)
            .await?;
        Ok::<_, PoveryError>(())
    })
    .await
}

/// Locks one account and then the other.
#[povery::route(POST, "/crossings?<first>&<second>", status = 201)]
async fn cross(first: i32, second: i32, pool: Pool) -> Result<(), PoveryError> {
    pool.transaction(async |mut tx| {
        for account in [first, second] {
            sqlx::query("UPDATE accounts SET balance = balance + 1 WHERE id = $1")
                .bind(account)
                .execute(&mut tx)
                .await?;
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        Ok::<_, PoveryError>(())
    })
    .await
}

/// A pool beside the transaction: each has a connection.
#[povery::route(POST, "/parallel/<id>", status = 201)]
async fn parallel(id: Uuid, mut tx: Tx, pool: Pool) -> Result<(), PoveryError> {
    insert(id, &mut tx).await?;
    let seen: i64 = sqlx::query_scalar("SELECT count(*) FROM writes WHERE id = $1")
        .bind(id)
        .fetch_one(&pool)
        .await?;
    match seen {
        0 => Ok(()),
        _ => Err(PoveryError::internal("it is seen before it is committed")),
    }
}
