//! The hooks around a SnapStart snapshot, as `lambda_runtime` calls them.

use lambda_runtime::{BoxFuture, SnapStartResource};

use crate::app::App;
use crate::error::BoxError;

/// One resource, since the application itself knows the order of its parts.
pub(super) struct Snapshot(pub(super) App);

impl SnapStartResource for Snapshot {
    fn before_snapshot(&self) -> BoxFuture<'_, Result<(), BoxError>> {
        Box::pin(self.0.before_snapshot())
    }

    fn after_restore(&self) -> BoxFuture<'_, Result<(), BoxError>> {
        Box::pin(self.0.after_restore())
    }
}
