//! What a request does to databases, and its end: before the answer is given on.

use std::time::Instant;

use tokio::time::Instant as TokioInstant;

use crate::app::Inner;
use crate::error::PoveryError;
use crate::response::Response;

/// What the database called the failure, for the log: its words alone are in the server's language.
#[cfg(feature = "postgres")]
pub(super) fn sqlstate(error: &PoveryError) -> Option<String> {
    crate::db::sqlstate(error).map(|code| code.into_owned())
}

#[cfg(not(feature = "postgres"))]
pub(super) fn sqlstate(_: &PoveryError) -> Option<String> {
    None
}

/// The databases of one request, which clones share; nothing without the feature `postgres`.
#[derive(Clone)]
pub(super) struct Databases {
    #[cfg(feature = "postgres")]
    requested: std::sync::Arc<crate::db::Requested>,
}

/// What the parts of one invocation, such as the records of a batch, have in common.
#[derive(Clone, Default)]
pub(crate) struct Together {
    #[cfg(feature = "postgres")]
    numbers: std::sync::Arc<crate::db::Numbers>,
}

#[cfg(feature = "postgres")]
impl Databases {
    pub(super) fn new(app: &Inner, deadline: Option<Instant>) -> Self {
        let pools = std::sync::Arc::clone(&app.pools);
        Self {
            requested: std::sync::Arc::new(crate::db::Requested::new(pools, deadline)),
        }
    }

    pub(super) fn part_of(together: Together, app: &Inner, deadline: Option<Instant>) -> Self {
        let pools = std::sync::Arc::clone(&app.pools);
        let requested = crate::db::Requested::new(pools, deadline).part_of(together.numbers);
        Self {
            requested: std::sync::Arc::new(requested),
        }
    }

    /// For the arguments of the route.
    pub(super) fn of(&self, idempotent: bool) -> std::sync::Arc<crate::db::Requested> {
        self.requested.set_idempotent(idempotent);
        std::sync::Arc::clone(&self.requested)
    }

    /// The answer, once its transaction is committed or rolled back; a commit that failed is the answer
    /// itself.
    pub(super) async fn end(
        &self,
        answer: Result<Response, PoveryError>,
    ) -> Result<Response, PoveryError> {
        let success = answer
            .as_ref()
            .is_ok_and(|response| response.status().as_u16() < 400 || self.requested.is_kept());
        self.requested.end(success).await.and(answer)
    }

    /// Rolls back what has not ended, where nobody waits for the handler any longer, by then at the latest.
    ///
    /// # Errors
    ///
    /// A commit was under way.
    pub(super) async fn abandon(&self, until: Option<TokioInstant>) -> Result<(), PoveryError> {
        self.requested
            .abandon(until.map(TokioInstant::into_std))
            .await
    }
}

#[cfg(not(feature = "postgres"))]
impl Databases {
    pub(super) fn new(_: &Inner, _: Option<Instant>) -> Self {
        Self {}
    }

    pub(super) fn part_of(_: Together, _: &Inner, _: Option<Instant>) -> Self {
        Self {}
    }

    pub(super) async fn end(
        &self,
        answer: Result<Response, PoveryError>,
    ) -> Result<Response, PoveryError> {
        answer
    }

    pub(super) async fn abandon(&self, _: Option<TokioInstant>) -> Result<(), PoveryError> {
        Ok(())
    }
}
