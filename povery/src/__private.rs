//! What generated code uses. Not an interface: it changes without notice.

pub use crate::extract::{Inputs, Uses, WithoutDatabase, present};
pub use crate::response::respond;
pub use crate::route::{Handling, Method, RouteDef, Segment, Site};
pub use crate::validate::{In, rule};

pub use crate::error::{Datum, Source, answer, broken, with_cause, with_data, with_fields};
pub use std::convert::From;

#[cfg(feature = "postgres")]
pub use crate::db::{DatabaseError, violates};
#[cfg(not(feature = "postgres"))]
pub use crate::error::{DatabaseError, sqlx, violates};
#[cfg(feature = "postgres")]
pub use sqlx;
