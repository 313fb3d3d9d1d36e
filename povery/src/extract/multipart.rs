//! `Multipart`: a body of `multipart/form-data`.

use std::convert::Infallible;
use std::fmt;

use bytes::Bytes;
use http::{HeaderMap, header};

use super::content_type::ContentType;
use super::{FromRequest, Rejection};
use crate::error::PoveryError;
use crate::request::{Content, Request};

const FORM_DATA: &str = "multipart/form-data";

/// A body of `multipart/form-data` (RFC 7578), field by field. Needs the feature `multipart`.
///
/// Another content type is a 415, a content type without a boundary a 400. The body as a whole is
/// bounded by [`App::body_limit`](crate::App::body_limit). `Option<Multipart>` is `None` where the body
/// is empty.
///
/// # Example
///
/// ```
/// use povery::prelude::*;
/// use povery::Multipart;
///
/// #[povery::route(POST, "/sizes")]
/// async fn sizes(mut form: Multipart) -> Result<Json<Vec<usize>>, PoveryError> {
///     let mut sizes = Vec::new();
///     while let Some(field) = form.next_field().await? {
///         sizes.push(field.bytes().len());
///     }
///     Ok(Json(sizes))
/// }
/// ```
pub struct Multipart(multer::Multipart<'static>);

impl Multipart {
    /// The next field, or `None` after the last.
    ///
    /// # Errors
    ///
    /// 400 `BAD_REQUEST` for a body that is broken from here on.
    pub async fn next_field(&mut self) -> Result<Option<Field>, PoveryError> {
        let Some(field) = self.0.next_field().await.map_err(broken)? else {
            return Ok(None);
        };
        let name = field.name().map(str::to_owned);
        let file_name = field.file_name().map(str::to_owned);
        let headers = field.headers().clone();
        Ok(Some(Field {
            name,
            file_name,
            headers,
            bytes: field.bytes().await.map_err(broken)?,
        }))
    }

    fn of(content: &Content, body: &Bytes) -> Result<Self, PoveryError> {
        let is_form = |content_type: &ContentType<'_>| content_type.is(FORM_DATA);
        let content_type = ContentType::which(content, is_form, FORM_DATA)?;
        let Some(boundary) = content_type.boundary() else {
            return Err(PoveryError::bad_request("The content type has no boundary"));
        };
        let body = futures_util::stream::iter([Ok::<_, Infallible>(body.clone())]);
        Ok(Self(multer::Multipart::new(body, boundary)))
    }
}

/// What multer says may repeat what the caller sent.
fn broken(_: multer::Error) -> PoveryError {
    PoveryError::bad_request("The body is not valid multipart/form-data")
}

impl fmt::Debug for Multipart {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Multipart").finish_non_exhaustive()
    }
}

impl FromRequest for Multipart {
    fn is_absent(request: &Request) -> bool {
        request.body().is_empty()
    }

    async fn from_request(request: &Request) -> Result<Self, Rejection> {
        Ok(Self::of(request.content(), request.body())?)
    }
}

/// A field of a [`Multipart`], whole.
#[derive(Clone)]
pub struct Field {
    name: Option<String>,
    file_name: Option<String>,
    headers: HeaderMap,
    bytes: Bytes,
}

impl Field {
    /// The field's name.
    pub fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    /// The name of the file, if it is one. The caller chose it: it is no path to write to.
    pub fn file_name(&self) -> Option<&str> {
        self.file_name.as_deref()
    }

    /// The content type that the caller claims.
    pub fn content_type(&self) -> Option<&str> {
        self.headers.get(header::CONTENT_TYPE)?.to_str().ok()
    }

    /// The field's own headers.
    pub fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// The content.
    pub fn bytes(&self) -> &Bytes {
        &self.bytes
    }

    /// The content, owned.
    pub fn into_bytes(self) -> Bytes {
        self.bytes
    }

    /// The content as UTF-8.
    ///
    /// # Errors
    ///
    /// 400 `BAD_REQUEST` for other bytes.
    pub fn text(&self) -> Result<&str, PoveryError> {
        std::str::from_utf8(&self.bytes)
            .map_err(|_| PoveryError::bad_request("A field of the form is not UTF-8"))
    }
}

/// Without names and content, which are the caller's.
impl fmt::Debug for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Field")
            .field("length", &self.bytes.len())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
