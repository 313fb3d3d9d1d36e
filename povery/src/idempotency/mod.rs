//! Routes with `idempotency_key`: what was done under a key is not done again, and answered as it was.

mod attempt;
mod fingerprint;
mod header;
mod options;
mod record;

pub(crate) use attempt::Attempt;
pub use options::IdempotencyOptions;
