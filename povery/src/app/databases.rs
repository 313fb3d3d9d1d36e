//! The databases of an application.

use std::sync::Arc;

use sqlx::migrate::Migrator;

use super::App;
use crate::db::{Database, Main, Pool};
use crate::idempotency::IdempotencyOptions;

impl App {
    /// Uses this pool for its database, instead of one that is configured by the environment alone.
    #[must_use]
    pub fn pool<D: Database>(self, pool: Pool<D>) -> Self {
        self.pool_named(D::NAME, pool)
    }

    /// Uses this pool for the database of that name.
    pub(crate) fn pool_named<D>(mut self, name: &'static str, pool: Pool<D>) -> Self {
        Arc::make_mut(&mut self.inner_mut().pools).insert(name, pool);
        self
    }

    /// The migrations of the database, embedded with `sqlx::migrate!()`. A local run applies them to
    /// the PostgreSQL that it starts itself; for any other database there is the subcommand
    /// `migrate`.
    #[must_use]
    pub fn migrations(self, migrations: &'static Migrator) -> Self {
        self.migrations_of::<Main>(migrations)
    }

    /// The same for a database beside the main one.
    ///
    /// # Example
    ///
    /// ```no_run
    /// use povery::prelude::*;
    ///
    /// struct Orders;
    ///
    /// impl povery::Database for Orders {
    ///     const NAME: &'static str = "ORDERS";
    /// }
    ///
    /// // As a rule `sqlx::migrate!()`.
    /// static MIGRATIONS: sqlx::migrate::Migrator = sqlx::migrate::Migrator::DEFAULT;
    ///
    /// let app = App::new().migrations_of::<Orders>(&MIGRATIONS);
    /// ```
    #[must_use]
    pub fn migrations_of<D: Database>(mut self, migrations: &'static Migrator) -> Self {
        self.inner_mut().migrations.insert(D::NAME, migrations);
        self
    }

    /// How the answers of routes with `idempotency_key` are kept: see [the guide](crate::docs::idempotency).
    #[must_use]
    pub fn idempotency(mut self, options: IdempotencyOptions) -> Self {
        self.inner_mut().idempotency = options;
        self
    }

    /// Whether anything takes a `Pool` or a `Tx`.
    pub(crate) fn uses_database(&self) -> bool {
        !self.databases().is_empty()
    }

    /// The names of the databases that routes, actions and handlers of events use, each once.
    pub(crate) fn databases(&self) -> Vec<&'static str> {
        let mut names: Vec<_> = self
            .route_table()
            .iter()
            .flat_map(|route| route.databases())
            .chain(self.inner.listeners.databases())
            .collect();
        names.sort_unstable();
        names.dedup();
        names
    }
}
