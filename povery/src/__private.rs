//! What generated code uses. Not an interface: it changes without notice.

pub use crate::extract::{Inputs, Uses, WithoutDatabase, present};
pub use crate::response::respond;
pub use crate::route::{Handling, Method, RouteDef, Segment, Site};
pub use crate::validate::{In, rule};

pub use crate::error::{answer, with_cause};

/// A request outside of an application, for measurements of extractors.
pub fn request(parts: http::request::Parts, body: bytes::Bytes) -> crate::Request {
    crate::Request {
        parts,
        body,
        path: String::new(),
        parameters: Vec::new(),
        shared: std::sync::Arc::default(),
        id: "measurement".into(),
        #[cfg(feature = "postgres")]
        pool: crate::Pool::from_env(),
    }
}

#[cfg(feature = "postgres")]
pub use crate::db::{database_answer, violated_constraint};
#[cfg(feature = "postgres")]
pub use sqlx;
