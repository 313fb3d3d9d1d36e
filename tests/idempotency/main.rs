//! Routes with `idempotency_key` on a real PostgreSQL: whatever happens, one effect, and one answer.

mod answers;
mod commits;
mod crowds;
mod keys;
mod schedules;
mod shop;
mod table;
