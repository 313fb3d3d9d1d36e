//! Redirects.

use http::StatusCode;

use super::{IntoResponse, Location, Response};
use crate::error::PoveryError;

/// Sends the caller to another URI. One that is not a URI is a logged 500, as in [`Location`]; whether
/// it leads where it should is not checked, so make none of what the caller sent.
///
/// # Example
///
/// ```
/// use povery::prelude::*;
///
/// #[povery::route(GET, "/old/<id>")]
/// async fn old(id: u32) -> Redirect {
///     Redirect::permanent(format!("/new/{id}"))
/// }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Redirect {
    status: StatusCode,
    location: Location,
}

impl Redirect {
    /// 303 See Other: the caller fetches the URI with GET, as after a form.
    pub fn to(uri: impl Into<String>) -> Self {
        Self::new(StatusCode::SEE_OTHER, uri)
    }

    /// 307 Temporary Redirect: the caller sends the same request there, and asks here again next
    /// time.
    pub fn temporary(uri: impl Into<String>) -> Self {
        Self::new(StatusCode::TEMPORARY_REDIRECT, uri)
    }

    /// 308 Permanent Redirect: the caller sends the same request there, and may remember it.
    pub fn permanent(uri: impl Into<String>) -> Self {
        Self::new(StatusCode::PERMANENT_REDIRECT, uri)
    }

    fn new(status: StatusCode, uri: impl Into<String>) -> Self {
        let location = Location::new(uri);
        Self { status, location }
    }
}

impl IntoResponse for Redirect {
    fn into_response(self) -> Result<Response, PoveryError> {
        (self.status, self.location, ()).into_response()
    }
}
