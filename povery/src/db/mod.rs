//! PostgreSQL: credentials → connection → pool. Knows no HTTP but the answer to a failure.

mod answer;
mod connect;
mod credentials;
mod executor;
#[cfg(feature = "rds-iam")]
mod iam;
mod pool;
mod secret;
mod source;
mod tls;

pub use answer::{DatabaseError, has_sqlstate, violates};
pub use credentials::{Credentials, DatabaseConfigError};
#[cfg(feature = "rds-iam")]
pub use iam::RdsIam;
pub use pool::{Pool, PoolConnection};
pub use secret::Secret;
#[cfg(feature = "local")]
pub(crate) use source::configured_place;
pub use source::{CredentialFuture, CredentialSource, Want};
