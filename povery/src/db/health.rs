//! What is known of a database, without its pool.

use std::time::Duration;

use super::database::title;
use super::pool::Handle;
use super::source::SecretState;

/// What is known of a database.
#[derive(Clone)]
pub(crate) struct DatabaseHealth {
    pub(crate) name: &'static str,
    /// How long the server takes for an answer; `None` where it gives none.
    pub(crate) latency: Option<Duration>,
    /// The secret that has the login; `None` where none has.
    pub(crate) secret: Option<SecretState>,
}

impl Handle {
    pub(super) async fn health(&self) -> DatabaseHealth {
        let latency = self.slots.probe().await;
        DatabaseHealth {
            name: title(self.slots.name),
            latency,
            secret: self.slots.source.secret(),
        }
    }
}
