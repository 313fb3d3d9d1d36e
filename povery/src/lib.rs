#![doc = include_str!("../docs/povery.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]

mod app;
mod auth;
mod contained;
#[cfg(feature = "postgres")]
mod db;
mod environment;
mod error;
mod event;
mod extract;
#[cfg(feature = "postgres")]
mod idempotency;
mod invocation;
mod json;
mod lambda;
mod listener;
#[cfg(feature = "local")]
pub mod local;
mod log;
mod metrics;
pub mod middleware;
mod observation;
mod redact;
mod request;
mod response;
mod route;
mod router;
#[cfg(feature = "postgres")]
mod secret;
mod signal;
#[cfg(feature = "opentelemetry")]
mod telemetry;
mod validate;

#[doc(hidden)]
pub mod __private;
pub mod docs;
pub mod prelude;
pub mod test;

pub use app::{
    AnyOrigin, App, BeforeOutcome, Cors, Exit, Group, HookOutcome, InvokeMode, Lifecycle,
    MatchedRequest, OriginList, Origins,
};
pub use auth::{Authorizer, User};
#[cfg(feature = "jwt")]
pub use auth::{JwtAlgorithm, JwtVerifier, TokenUse};
#[cfg(feature = "events")]
pub use aws_lambda_events;
#[cfg(feature = "rds-iam")]
pub use db::RdsIam;
#[cfg(feature = "postgres")]
pub use db::{
    CredentialFuture, CredentialSource, Credentials, Database, DatabaseConfigError, DiscardStats,
    Main, Pool, PoolConnection, PoolMode, PoolOptions, PoolStats, ReadCommitted, ReadOnly,
    ReadWrite, RepeatableRead, Secret, Serializable, TransactionMode, Tx, TxConnection, Want,
};
pub use error::{BoxError, HttpError, PoveryError};
#[cfg(feature = "postgres")]
pub use extract::Health;
#[cfg(feature = "events")]
pub use extract::Record;
pub use extract::{
    Claims, Cookies, Form, FromRequest, Header, Parsed, Query, Rejection, RequestContext, Stage,
    State, Text, Unvalidated,
};
#[cfg(feature = "multipart")]
pub use extract::{Field, Multipart};
pub use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
#[cfg(feature = "postgres")]
pub use idempotency::IdempotencyOptions;
pub use listener::{ActionDef, ActionOutcome, ActionTable};
#[cfg(feature = "events")]
pub use listener::{EventDef, EventOutcome, EventSource, EventTable};
pub use metrics::{Metrics, Unit};
pub use observation::metric;
#[doc = include_str!("../docs/http_error.md")]
pub use povery_macros::HttpError;
#[doc = include_str!("../docs/action.md")]
pub use povery_macros::action;
#[cfg(feature = "events")]
#[doc = include_str!("../docs/event.md")]
pub use povery_macros::event;
#[doc = include_str!("../docs/route.md")]
pub use povery_macros::route;
pub use redact::Redacted;
pub use request::{ClientAddr, Deadline, LambdaContext, Request, RequestId};
pub use response::{
    Body, ByteStream, Html, IntoResponse, Json, Location, NoContent, Redirect, Response,
    ResponsePart, SetCookie,
};
pub use route::{
    Caller, IdempotencyKey, MatchedRoute, Method, Route, RouteDef, RouteTable, Segment, Transaction,
};
#[cfg(feature = "postgres")]
pub use secret::{SecretFuture, SecretSource, SecretState};
pub use validate::{Fault, Faults, In};
pub use {bytes::Bytes, cookie, cookie::Cookie, headers, http};
#[cfg(feature = "opentelemetry")]
pub use {opentelemetry, opentelemetry_sdk, tracing_opentelemetry};

#[doc = include_str!("../docs/routes.md")]
#[macro_export]
macro_rules! routes {
    ($($entries:tt)*) => {
        $crate::__private::routes! { ($crate) $($entries)* }
    };
}

/// Lists actions for [`App::actions`]: `actions![sum, math::product]`. `#[cfg]` takes an entry out. See
/// [the attribute](macro@crate::action).
#[macro_export]
macro_rules! actions {
    ($($entries:tt)*) => {
        $crate::__private::actions! { ($crate) $($entries)* }
    };
}

/// Lists handlers of events for [`App::events`]: `events![on_order, files::on_upload]`. `#[cfg]` takes an entry
/// out. See [the attribute](macro@crate::event).
#[cfg(feature = "events")]
#[macro_export]
macro_rules! events {
    ($($entries:tt)*) => {
        $crate::__private::events! { ($crate) $($entries)* }
    };
}

/// The examples of the README compile.
#[cfg(all(doctest, feature = "postgres"))]
#[doc = include_str!("../../README.md")]
struct Readme;
