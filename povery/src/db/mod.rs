//! PostgreSQL: credentials → connection → pool → transaction. Knows no HTTP but the answer to a failure.

mod answer;
mod connect;
mod credentials;
mod database;
mod executor;
mod fault;
mod options;
mod pool;
mod pools;
mod session;
mod source;
mod statement;
mod stats;
mod transaction;

pub use answer::{DatabaseError, violates};
pub use credentials::{Credentials, DatabaseConfigError};
pub use database::{Database, Main};
pub use options::{PoolMode, PoolOptions};
pub use pool::{Pool, PoolConnection};
pub(crate) use pools::{Pools, Requested};
#[cfg(feature = "local")]
pub(crate) use source::configured_place;
pub use source::{CredentialFuture, CredentialSource, Want};
pub use stats::{DiscardStats, PoolStats};
pub use transaction::{
    ReadCommitted, ReadOnly, ReadWrite, RepeatableRead, Serializable, TransactionMode, Tx,
    TxConnection,
};
