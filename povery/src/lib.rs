#![doc = include_str!("../docs/povery.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]

mod app;
#[cfg(feature = "postgres")]
mod db;
mod environment;
mod error;
mod extract;
mod lambda;
#[cfg(feature = "local")]
pub mod local;
mod log;
mod request;
mod response;
mod route;
mod router;
#[cfg(feature = "postgres")]
mod secret;
mod validate;

#[doc(hidden)]
pub mod __private;
pub mod docs;
pub mod prelude;

pub use app::{App, Exit};
#[cfg(feature = "postgres")]
pub use db::{
    CredentialFuture, CredentialSource, Credentials, DatabaseConfigError, Pool, PoolConnection,
};
pub use error::{BoxError, HttpError, PoveryError};
pub use extract::{Form, FromRequest, Query, Rejection, Stage, State, Unvalidated};
pub use http::{HeaderMap, StatusCode};
#[doc = include_str!("../docs/http_error.md")]
pub use povery_macros::HttpError;
#[doc = include_str!("../docs/route.md")]
pub use povery_macros::route;
#[doc = include_str!("../docs/routes.md")]
pub use povery_macros::routes;
pub use request::{Request, RequestId};
pub use response::{Body, IntoResponse, Json, Location, Response, ResponsePart};
pub use route::{Method, RouteDef, Segment};
pub use validate::{Fault, Faults, In};

/// The examples of the README compile.
#[cfg(all(doctest, feature = "postgres"))]
#[doc = include_str!("../../README.md")]
struct Readme;
