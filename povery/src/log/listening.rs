//! Subscribers of tests that run beside others.

use std::sync::LazyLock;

use tracing::subscriber::{DefaultGuard, NoSubscriber, set_default};
use tracing::{Dispatch, Subscriber};

/// As long as there is one subscriber in the process, `tracing` remembers of a place in the code what the thread says that
/// comes there first, and a thread without a subscriber says that nobody listens. With a second one it asks both.
static OTHER: LazyLock<Dispatch> = LazyLock::new(|| Dispatch::new(NoSubscriber::new()));

/// Listens on this thread until the guard is dropped.
pub(crate) fn listen(subscriber: impl Subscriber + Send + Sync) -> DefaultGuard {
    LazyLock::force(&OTHER);
    set_default(subscriber)
}
