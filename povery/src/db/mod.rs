//! PostgreSQL: credentials → connection → pool → transaction. Knows no HTTP but the answer to a failure.

mod answer;
mod connect;
mod credentials;
mod database;
mod executor;
mod fault;
mod health;
#[cfg(feature = "rds-iam")]
mod iam;
mod idempotency;
mod nodelay;
mod options;
mod pool;
mod pools;
mod requested;
mod secret;
mod session;
mod shared;
mod source;
mod statement;
mod stats;
mod tls;
mod transaction;

pub(crate) use answer::cause as sqlstate;
pub use answer::{DatabaseError, has_sqlstate, violates};
pub use credentials::{Credentials, DatabaseConfigError};
pub use database::{Database, Main};
#[cfg(feature = "local")]
pub(crate) use database::{prefix, title};
pub(crate) use health::DatabaseHealth;
#[cfg(feature = "rds-iam")]
pub use iam::RdsIam;
pub(crate) use idempotency::{Claim, Claimed, MIGRATION as IDEMPOTENCY_MIGRATION, Record};
pub use options::{PoolMode, PoolOptions};
pub use pool::{Pool, PoolConnection};
pub(crate) use pools::Pools;
pub(crate) use requested::{Numbers, Requested};
pub use secret::Secret;
pub(crate) use source::SecretState;
#[cfg(feature = "local")]
pub(crate) use source::configured_place;
pub use source::{CredentialFuture, CredentialSource, Want};
pub use stats::{DiscardStats, PoolStats};
pub(crate) use transaction::Mode;
pub use transaction::{
    ReadCommitted, ReadOnly, ReadWrite, RepeatableRead, Serializable, TransactionMode, Tx,
    TxConnection,
};
