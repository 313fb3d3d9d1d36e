//! How long the programs that are run on the way to a server may take.

use std::time::Duration;

/// The longest each of them may take; then it is killed. Each is many times what it takes on a busy machine.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limits {
    pub(super) version: Duration,
    pub(super) pip: Duration,
    pub(super) unpack: Duration,
    pub(super) initdb: Duration,
    pub(super) reset: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            version: Duration::from_secs(30),
            pip: Duration::from_mins(10),
            unpack: Duration::from_mins(2),
            initdb: Duration::from_mins(1),
            reset: Duration::from_secs(30),
        }
    }
}

#[cfg(test)]
#[path = "limits_tests.rs"]
mod tests;
