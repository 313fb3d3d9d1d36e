//! `Header<T>` and `HeaderMap` as arguments.

use headers::HeaderMapExt;
use http::HeaderMap;

use super::{FromRequest, Rejection};
use crate::request::Request;
use crate::validate::{Faults, In};

/// A header as a type of the [`headers`] crate, which povery re-exports.
///
/// A header that is missing is a fault `required`, one that cannot be read `format`, each `in: header`
/// under the header's name in lower case. `Option<Header<T>>` is `None` where there is no such header.
///
/// # Example
///
/// ```
/// use povery::headers::UserAgent;
/// use povery::prelude::*;
///
/// #[povery::route(GET, "/agent")]
/// async fn agent(Header(agent): Header<UserAgent>) -> String {
///     agent.to_string()
/// }
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Header<T>(pub T);

impl<T: headers::Header + Send> FromRequest for Header<T> {
    fn is_absent(request: &Request) -> bool {
        !request.headers().contains_key(T::name())
    }

    async fn from_request(request: &Request) -> Result<Self, Rejection> {
        let (constraint, message) = match request.headers().typed_try_get::<T>() {
            Ok(Some(header)) => return Ok(Self(header)),
            Ok(None) => ("required", "is required"),
            Err(_) => ("format", "has the wrong format"),
        };
        let mut faults = Faults::new();
        faults.push(In::Header, T::name().as_str(), constraint, message);
        Err(faults.into())
    }
}

/// All headers.
impl FromRequest for HeaderMap {
    async fn from_request(request: &Request) -> Result<Self, Rejection> {
        Ok(request.headers().clone())
    }
}
