//! What generated code uses. Not an interface: it changes without notice.

pub use crate::extract::{Inputs, Uses, WithoutDatabase, present};
pub use crate::response::respond;
pub use crate::route::{Handling, Method, RouteDef, Segment, Site};
pub use crate::validate::{In, rule};

pub use crate::error::{answer, with_cause};

#[cfg(feature = "postgres")]
pub use crate::db::{database_answer, violated_constraint};
#[cfg(feature = "postgres")]
pub use sqlx;
