//! Routes as constant data, which the `route` macro writes.

mod caller;
pub(crate) mod conflict;
mod definition;
mod described;
mod level;
mod method;
mod placed;
mod sentence;
mod table;
mod transaction;

pub use caller::Caller;
pub use definition::RouteDef;
pub(crate) use level::{Level, Name};
pub use method::Method;
pub use placed::{MatchedRoute, Route};
pub(crate) use table::Flat;
pub use table::{Entry, RouteTable};
pub use transaction::{IdempotencyKey, Keyed, Taken, Transaction};

use std::future::Future;
use std::pin::Pin;

use crate::error::PoveryError;
use crate::response::Response;

/// One segment of a route's path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Segment {
    /// Text that must be there as it is, decoded.
    Literal(&'static str),
    /// `<name>`: any one segment.
    Parameter(&'static str),
    /// `<name..>`, the last: one or more segments.
    Tail(&'static str),
}

/// Where a route stands in the source.
#[derive(Clone, Copy, Debug)]
#[doc(hidden)]
pub struct Site {
    pub name: &'static str,
    pub module: &'static str,
    pub file: &'static str,
    pub line: u32,
}

/// What a handler's glue returns.
#[doc(hidden)]
pub type Handling = Pin<Box<dyn Future<Output = Result<Response, PoveryError>> + Send>>;
