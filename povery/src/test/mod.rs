//! [`TestClient`]: requests to an application in the same process, without a network.
//!
//! See [the guide](crate::docs::testing).

mod client;
mod invocation;
mod request;
mod response;
mod stream;

pub use client::TestClient;
pub use invocation::InvocationError;
pub use request::TestRequest;
pub use response::{TestError, TestResponse};
pub use stream::TestStream;
