//! PostgreSQL: credentials → connection → pool. Knows no HTTP but the answer to a failure.

mod answer;
mod connect;
mod credentials;
mod executor;
mod pool;
mod source;
mod tls;

pub use answer::{DatabaseError, has_sqlstate, violates};
pub use credentials::{Credentials, DatabaseConfigError};
pub use pool::{Pool, PoolConnection};
#[cfg(feature = "local")]
pub(crate) use source::configured_place;
pub use source::{CredentialFuture, CredentialSource, Want};
