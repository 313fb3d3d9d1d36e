//! The connection of a transaction, as sqlx's own.

use std::ops::{Deref, DerefMut};

use sqlx::PgConnection;
use tokio::sync::MappedMutexGuard;

use super::open::Open;

/// The connection of a transaction, for what wants sqlx's own: `&mut *connection` is an executor, and
/// `connection.begin()`, of sqlx's `Connection`, makes a savepoint.
///
/// From [`Tx::connection`](crate::Tx::connection). Its statements are bounded by the server alone.
pub struct TxConnection<'t>(pub(super) MappedMutexGuard<'t, Open>);

impl Deref for TxConnection<'_> {
    type Target = PgConnection;

    fn deref(&self) -> &PgConnection {
        &self.0.connection
    }
}

impl DerefMut for TxConnection<'_> {
    fn deref_mut(&mut self) -> &mut PgConnection {
        self.0.raw()
    }
}

impl std::fmt::Debug for TxConnection<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TxConnection").finish_non_exhaustive()
    }
}
