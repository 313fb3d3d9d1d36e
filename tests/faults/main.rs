//! The fault matrix: a function's program behind a Runtime API host, on a real PostgreSQL, with the faults
//! between and in them. A test is named as its row. See `README.md`.

mod bench;
mod canary;
mod connecting;
mod database;
mod extension;
mod frozen;
mod health;
mod idle;
mod in_flight;
#[cfg(feature = "pgbouncer")]
mod pgbouncer;
mod rotation;
mod schedules;
mod secrets;
mod sql_errors;
mod stopped;
mod tls;
mod transactions;
