//! Text, plain and HTML.

use std::borrow::Cow;

use super::{Body, IntoResponse, Response, of_type};
use crate::error::PoveryError;

const PLAIN: &str = "text/plain; charset=utf-8";

/// `text/plain; charset=utf-8`.
impl IntoResponse for String {
    fn into_response(self) -> Result<Response, PoveryError> {
        Ok(of_type(PLAIN, self))
    }
}

/// `text/plain; charset=utf-8`.
impl IntoResponse for &'static str {
    fn into_response(self) -> Result<Response, PoveryError> {
        Ok(of_type(PLAIN, self))
    }
}

/// `text/plain; charset=utf-8`.
impl IntoResponse for Cow<'static, str> {
    fn into_response(self) -> Result<Response, PoveryError> {
        match self {
            Cow::Borrowed(text) => text.into_response(),
            Cow::Owned(text) => text.into_response(),
        }
    }
}

/// `text/html; charset=utf-8`: of a `String`, a `&'static str` or bytes, in UTF-8. Nothing is
/// escaped.
///
/// # Example
///
/// ```
/// use povery::prelude::*;
///
/// #[povery::route(GET, "/")]
/// async fn home() -> Html<&'static str> {
///     Html("<!doctype html><title>Home</title>")
/// }
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Html<T>(pub T);

impl<T: Into<Body>> IntoResponse for Html<T> {
    fn into_response(self) -> Result<Response, PoveryError> {
        Ok(of_type("text/html; charset=utf-8", self.0))
    }
}
