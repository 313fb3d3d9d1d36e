//! What generated code uses. Not an interface: it changes without notice.

pub use crate::extract::{Inputs, Uses, WithoutDatabase};
pub use crate::lambda::invoke;
pub use crate::listener::{ActionDef, ActionTable, Listener, answered};
#[cfg(feature = "events")]
pub use crate::listener::{EventDef, EventSource, EventTable, done};
pub use crate::middleware::{Next, layer};
pub use crate::response::respond;
pub use crate::route::{
    Entry, Handling, Keyed, Method, RouteDef, RouteTable, Segment, Site, Taken,
};
pub use crate::validate::{In, rule};
pub use povery_macros::{actions, beside, events, routes};

pub use crate::error::{Datum, Source, answer, broken, with_cause, with_data, with_fields};
pub use std::convert::From;

/// A request outside of an application, for measurements of extractors.
pub fn request(parts: http::request::Parts, body: bytes::Bytes) -> crate::Request {
    let request = crate::request::Incoming::from(http::Request::from_parts(parts, ()));
    crate::Request {
        head: request.head,
        body,
        path: String::new(),
        parameters: Vec::new(),
        shared: std::sync::Arc::default(),
        id: "measurement".into(),
        route: None,
        user: None,
        #[cfg(feature = "postgres")]
        databases: std::sync::Arc::new(crate::db::Requested::new(std::sync::Arc::default(), None)),
    }
}

/// The canonical path of a raw one, for the fuzz targets: `None` where it is refused.
pub fn canonical(raw: &str) -> Option<String> {
    crate::request::path::canonical(raw).ok()
}

/// What is found at a canonical path, for the fuzz targets: the status of what is no route, and the
/// values of a route's parameters.
pub fn find(app: &crate::App, method: &http::Method, path: &str) -> (u16, Vec<String>) {
    let found = app.inner.router.find(method, path);
    let status = found.status().as_u16();
    let places = match found {
        crate::router::Found::Route { parameters, .. } => parameters,
        _ => Vec::new(),
    };
    let value = |place: std::ops::Range<usize>| path.get(place).unwrap_or_default().to_owned();
    (status, places.into_iter().map(value).collect())
}

#[cfg(feature = "postgres")]
pub use crate::db::{DatabaseError, has_sqlstate, violates};
#[cfg(not(feature = "postgres"))]
pub use crate::error::{DatabaseError, has_sqlstate, sqlx, violates};
#[cfg(feature = "postgres")]
pub use sqlx;

/// The place in the source of the route that is being written.
#[doc(hidden)]
#[macro_export]
macro_rules! __site {
    ($name:literal) => {
        $crate::__private::Site {
            name: $name,
            module: ::core::module_path!(),
            file: ::core::file!(),
            line: ::core::line!(),
        }
    };
}

pub use __site as site;
