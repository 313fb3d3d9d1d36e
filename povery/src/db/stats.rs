//! What a pool has done so far, in numbers.

use std::sync::atomic::{AtomicU64, Ordering};

/// Why a connection was closed instead of kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Discard {
    /// It did not answer its validation in time.
    Unresponsive,
    /// It failed.
    Broken,
    /// Another one failed, and this one had not been used since.
    Sibling,
    /// It still worked on what nobody waits for.
    Busy,
    /// A statement was given up before the invocation ended.
    Deadline,
    /// The server no longer takes writes.
    ReadOnly,
    /// It was older than the pool lets them become, or idle for longer.
    Age,
    /// How a transaction ended on it is not known.
    Transaction,
    /// The pool was closed or disconnected.
    Closed,
}

impl Discard {
    pub(super) fn reason(self) -> &'static str {
        match self {
            Self::Unresponsive => "unresponsive",
            Self::Broken => "broken",
            Self::Sibling => "sibling",
            Self::Busy => "busy",
            Self::Deadline => "deadline",
            Self::ReadOnly => "read_only",
            Self::Age => "age",
            Self::Transaction => "transaction",
            Self::Closed => "closed",
        }
    }
}

/// A count that only grows. Relaxed: nothing is ordered by it.
#[derive(Default)]
pub(super) struct Count(AtomicU64);

impl Count {
    pub(super) fn up(&self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }

    fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

#[derive(Default)]
pub(super) struct Counters {
    pub(super) acquires: Count,
    pub(super) waits: Count,
    pub(super) timeouts: Count,
    pub(super) validations: Count,
    pub(super) connects: Count,
    pub(super) connect_failures: Count,
    pub(super) refreshes: Count,
    pub(super) retries: Count,
    discards: [Count; 9],
}

impl Counters {
    pub(super) fn discarded(&self, why: Discard) {
        self.discards[why as usize].up();
    }

    /// The numbers as they are now; not all are of the same instant.
    pub(super) fn snapshot(&self, size: usize, idle: usize, in_use: usize) -> PoolStats {
        let discards = |why: Discard| self.discards[why as usize].get();
        PoolStats {
            size,
            idle,
            in_use,
            acquires: self.acquires.get(),
            waits: self.waits.get(),
            timeouts: self.timeouts.get(),
            validations: self.validations.get(),
            connects: self.connects.get(),
            connect_failures: self.connect_failures.get(),
            refreshes: self.refreshes.get(),
            retries: self.retries.get(),
            discards: DiscardStats {
                unresponsive: discards(Discard::Unresponsive),
                broken: discards(Discard::Broken),
                sibling: discards(Discard::Sibling),
                busy: discards(Discard::Busy),
                deadline: discards(Discard::Deadline),
                read_only: discards(Discard::ReadOnly),
                age: discards(Discard::Age),
                transaction: discards(Discard::Transaction),
                closed: discards(Discard::Closed),
            },
        }
    }
}

/// What a pool has done since it was made; from [`Pool::stats`](crate::Pool::stats).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct PoolStats {
    /// The most connections that there may be.
    pub size: usize,
    /// The connections that nobody uses now.
    pub idle: usize,
    /// The slots that are taken now.
    pub in_use: usize,
    /// How often a connection was asked for and had.
    pub acquires: u64,
    /// How often one had to be waited for, because all were in use.
    pub waits: u64,
    /// How often that took too long.
    pub timeouts: u64,
    /// How often an idle connection was asked whether it is alive.
    pub validations: u64,
    /// How often a connection was made.
    pub connects: u64,
    /// How often an attempt to make one failed.
    pub connect_failures: u64,
    /// How often the source was asked for other credentials, since a login was refused.
    pub refreshes: u64,
    /// How often a statement of an `idempotent` route was run a second time, or a transaction again.
    pub retries: u64,
    /// The connections that were closed instead of kept.
    pub discards: DiscardStats,
}

/// Connections that were closed instead of kept, by reason.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct DiscardStats {
    /// They did not answer their validation in time.
    pub unresponsive: u64,
    /// They failed.
    pub broken: u64,
    /// Another one failed, and they had not been used since.
    pub sibling: u64,
    /// They still worked on what nobody waits for.
    pub busy: u64,
    /// A statement was given up before the invocation ended.
    pub deadline: u64,
    /// The server no longer took writes.
    pub read_only: u64,
    /// They were older, or idle for longer, than [`PoolOptions`](crate::PoolOptions) allows.
    pub age: u64,
    /// How a transaction ended on them is not known.
    pub transaction: u64,
    /// The pool was closed or disconnected.
    pub closed: u64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_discard_is_counted_under_its_reason_alone() {
        let counters = Counters::default();
        counters.discarded(Discard::Closed);
        counters.discarded(Discard::Deadline);
        counters.discarded(Discard::Deadline);
        let discards = counters.snapshot(2, 0, 0).discards;
        let expected = DiscardStats {
            deadline: 2,
            closed: 1,
            ..DiscardStats::default()
        };
        assert_eq!(discards, expected);
    }
}
