//! Which database a pool is of, by a type.

/// A database of the application: a type of its own for each beside the [`Main`] one, so that
/// `Pool<Orders>` and `Tx<ReadWrite, Orders>` say by their type where their statements go.
///
/// # Example
///
/// ```
/// use povery::prelude::*;
///
/// struct Orders;
///
/// impl povery::Database for Orders {
///     // Configured by ORDERS_DB_SECRET_ID or ORDERS_DATABASE_URL.
///     const NAME: &'static str = "ORDERS";
/// }
///
/// #[povery::route(GET, "/orders/count")]
/// async fn count(orders: Pool<Orders>) -> Result<Json<i64>, PoveryError> {
///     Ok(Json(sqlx::query_scalar("SELECT count(*) FROM orders").fetch_one(&orders).await?))
/// }
/// ```
pub trait Database: Send + Sync + 'static {
    /// The name, in the letters of environment variables: `ORDERS` has its configuration in
    /// `ORDERS_DB_SECRET_ID`, `ORDERS_DATABASE_URL`, `ORDERS_DB_MODE` and so on. Two types of one name
    /// are one database.
    const NAME: &'static str;
}

/// The database of variables without a prefix: `DB_SECRET_ID`, `DATABASE_URL`. `Pool` and `Tx` are of this
/// one unless they say otherwise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Main;

impl Database for Main {
    const NAME: &'static str = "";
}

/// What the names of a database's variables begin with.
pub(crate) fn prefix(database: &str) -> String {
    match database {
        "" => String::new(),
        database => format!("{database}_"),
    }
}

/// The database, for people and logs.
pub(crate) fn title(database: &'static str) -> &'static str {
    match database {
        "" => "main",
        database => database,
    }
}
