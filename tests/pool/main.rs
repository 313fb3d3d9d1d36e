//! The pool on a real PostgreSQL.

mod answers;
mod budgets;
mod conflicts;
mod databases;
mod deadlines;
mod faults;
mod health;
mod iam;
mod layers;
mod left_undone;
mod proxy;
mod requests;
mod retries;
mod shared_sessions;
mod statements;
mod tls;
mod transactions;

use povery::{Credentials, Pool};
use povery_tests::database::users_database;

/// A pool of that many connections to a database of its own.
async fn pool(size: usize) -> Pool {
    let credentials = credentials().await;
    Pool::new(credentials, size)
}

async fn credentials() -> Credentials {
    users_database().await.into()
}

/// The server process behind the next statement.
async fn backend(pool: &Pool) -> i32 {
    sqlx::query_scalar("SELECT pg_backend_pid()")
        .fetch_one(pool)
        .await
        .expect("the database answers")
}
