//! What generated code uses. Not an interface: it changes without notice.

pub use crate::extract::{Inputs, Uses, WithoutDatabase};
pub use crate::lambda::invoke;
pub use crate::response::respond;
pub use crate::route::{Entry, Handling, Method, RouteDef, RouteTable, Segment, Site};
pub use crate::validate::{In, rule};
pub use povery_macros::routes;

pub use crate::error::{answer, with_cause};

#[cfg(feature = "postgres")]
pub use crate::db::{database_answer, violated_constraint};
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
