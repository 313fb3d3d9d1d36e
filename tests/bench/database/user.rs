//! The query that is measured: one row by its key, as the users application reads it.

use sqlx::{Executor, Postgres};
use users::model::User;
use uuid::Uuid;

/// The one user in the table.
pub(crate) const ID: Uuid = Uuid::from_u128(0x3f2b_7a10_9c4d_4e6f_8a1b_0000_0000_0001);

/// Creates it.
pub(crate) async fn insert<'e>(
    database: impl Executor<'e, Database = Postgres>,
) -> sqlx::Result<()> {
    let insert =
        "INSERT INTO users VALUES ($1, 'Ada Lovelace', 'ada.lovelace@example.com', now(), now())";
    sqlx::query(insert).bind(ID).execute(database).await?;
    Ok(())
}

/// Reads it.
pub(crate) async fn find<'e>(
    database: impl Executor<'e, Database = Postgres>,
) -> sqlx::Result<User> {
    sqlx::query_as("SELECT id, name, email, created_at, updated_at FROM users WHERE id = $1")
        .bind(ID)
        .fetch_one(database)
        .await
}
