//! A shop of two functions: `stock` and `orders`. Both are thin; what they know of the shop is in [`models`] and
//! [`services`], which are compiled into each. Other languages share such code by a layer.

pub mod error;
pub mod models;
pub mod orders;
pub mod services;
pub mod stock;

use povery::{App, Database};
use sqlx::migrate::Migrator;

/// The shop's database, configured by `SHOP_DB_SECRET_ID` or `SHOP_DATABASE_URL`.
#[derive(Debug)]
pub struct Shop;

impl Database for Shop {
    const NAME: &'static str = "SHOP";
}

/// The schema, embedded.
pub static MIGRATIONS: Migrator = sqlx::migrate!();

/// What both functions begin with.
fn app() -> App {
    App::new().migrations_of::<Shop>(&MIGRATIONS)
}
