//! A pool as seen from one invocation, or from none.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use super::slots::Slots;
use crate::db::fault::STATEMENT_RESERVE;
use crate::db::options::PoolOptions;
use crate::db::source::CredentialSource;
use crate::environment::max_concurrency;

/// What `acquire` leaves of an invocation's time, for an answer.
const ACQUIRE_RESERVE: Duration = Duration::from_millis(500);

#[derive(Clone)]
pub(in crate::db) struct Handle {
    pub(in crate::db) slots: Arc<Slots>,
    pub(super) invocation: Option<Arc<Invocation>>,
}

/// The invocation that a handle belongs to.
pub(super) struct Invocation {
    pub(super) number: u64,
    deadline: Option<Instant>,
    /// Whether its route says that a statement may be run again.
    idempotent: bool,
    /// The slots that it has taken.
    pub(super) held: AtomicUsize,
}

impl Handle {
    pub(in crate::db) fn new(
        name: &'static str,
        source: Box<dyn CredentialSource>,
        options: PoolOptions,
    ) -> Self {
        let size = options.size.unwrap_or_else(|| max_concurrency() + 1);
        Self {
            slots: Arc::new(Slots::new(name, source, options, size)),
            invocation: None,
        }
    }

    /// A handle for one invocation: connections used before it are validated first, and nothing
    /// waits beyond its deadline.
    pub(in crate::db) fn for_invocation(
        &self,
        deadline: Option<Instant>,
        idempotent: bool,
    ) -> Self {
        self.for_part(self.next_invocation(), deadline, idempotent)
    }

    /// The number of an invocation that begins.
    pub(in crate::db) fn next_invocation(&self) -> u64 {
        self.slots.invocations.fetch_add(1, Ordering::Relaxed)
    }

    /// A handle for a part of the invocation with that number, such as a record of a batch: what another part has
    /// validated is not validated again.
    pub(in crate::db) fn for_part(
        &self,
        number: u64,
        deadline: Option<Instant>,
        idempotent: bool,
    ) -> Self {
        let invocation = Invocation {
            number,
            deadline,
            idempotent,
            held: AtomicUsize::new(0),
        };
        Self {
            slots: Arc::clone(&self.slots),
            invocation: Some(Arc::new(invocation)),
        }
    }

    pub(super) fn number(&self) -> Option<u64> {
        Some(self.invocation.as_ref()?.number)
    }

    pub(in crate::db) fn deadline(&self) -> Option<Instant> {
        self.invocation.as_ref()?.deadline
    }

    pub(in crate::db) fn is_idempotent(&self) -> bool {
        self.invocation
            .as_ref()
            .is_some_and(|invocation| invocation.idempotent)
    }

    /// When a statement is given up; none outside of invocations.
    pub(in crate::db) fn statement_end(&self) -> Option<Instant> {
        let deadline = self.deadline()?;
        Some(deadline.checked_sub(STATEMENT_RESERVE).unwrap_or(deadline))
    }

    /// When nobody waits for a connection any longer.
    pub(super) fn acquire_end(&self) -> Instant {
        let now = Instant::now();
        // No clock reaches as far as a duration: a day is as good as for ever.
        let longest = now
            .checked_add(self.slots.options.acquire)
            .unwrap_or_else(|| now + Duration::from_secs(86_400));
        self.deadline().map_or(longest, |end| {
            end.checked_sub(ACQUIRE_RESERVE).unwrap_or(now).min(longest)
        })
    }
}
