//! What a handler may return, and how it becomes a response.

mod body;
mod bytes;
mod cookie;
mod header;
mod json;
#[cfg(feature = "lambda_http")]
mod lambda_http;
mod location;
mod redirect;
mod result;
mod status;
mod stream;
mod text;
mod tuple;

pub use body::Body;
pub use cookie::SetCookie;
pub use json::Json;
pub use location::Location;
pub use redirect::Redirect;
pub use status::{NoContent, respond};
pub use stream::ByteStream;
pub use text::Html;

use http::{HeaderValue, header as names};

use crate::error::PoveryError;

/// A response; its [`Body`] is whole in memory, or a stream.
pub type Response = http::Response<Body>;

/// Anything that a route may return.
///
/// It can fail, so that a value that does not serialise is a logged 500 and not a panic.
/// [`crate::docs::errors`] tells what the caller then sees.
///
/// | returned | answer |
/// |---|---|
/// | [`Json<T>`](Json) | `application/json` |
/// | `String`, `&'static str`, `Cow<'static, str>` | `text/plain; charset=utf-8` |
/// | [`Html<T>`](Html) | `text/html; charset=utf-8` |
/// | `Bytes`, `Vec<u8>`, `&'static [u8]` | `application/octet-stream` |
/// | [`Body`], [`ByteStream`] | `application/octet-stream`, in chunks as they are made |
/// | [`StatusCode`](crate::StatusCode) | this status, without a body |
/// | [`NoContent`], `()` | 204 |
/// | [`Redirect`] | 303, 307 or 308 with `Location` |
/// | a tuple | its last value, with the [`ResponsePart`]s before it |
/// | `Option<T>` | `None` is a 404 `NOT_FOUND` |
/// | `Result<T, E>` | `Err` is the answer that [`HttpError`](trait@crate::HttpError) gives it |
/// | [`PoveryError`] | the error's answer |
/// | [`Response`] | itself |
///
/// The `status` of a route is that of a success which has chosen none: a `StatusCode`, a `Redirect`, a
/// `NoContent` and every error choose their own, and so does a [`Response`] whose status is neither
/// 200 nor 204. Answers of 204, 205 and 304 have no body, whatever was returned (RFC 9110, section
/// 6.4.1).
///
/// # Example
///
/// A type of your own builds on those of povery:
///
/// ```
/// use povery::prelude::*;
/// use povery::{Body, Response};
///
/// struct Csv(Vec<(String, u32)>);
///
/// impl IntoResponse for Csv {
///     fn into_response(self) -> Result<Response, PoveryError> {
///         let lines: String = self.0.iter().map(|(name, count)| format!("{name},{count}\r\n")).collect();
///         ([("content-type", "text/csv")], lines).into_response()
///     }
/// }
///
/// /// The same by hand, for what has no type of povery's.
/// struct Teapot;
///
/// impl IntoResponse for Teapot {
///     fn into_response(self) -> Result<Response, PoveryError> {
///         let mut response = Response::new(Body::from("short and stout"));
///         *response.status_mut() = StatusCode::IM_A_TEAPOT;
///         Ok(response)
///     }
/// }
///
/// #[povery::route(GET, "/counts")]
/// async fn counts() -> Csv {
///     Csv(vec![("apples".to_owned(), 3)])
/// }
///
/// let response = Csv(vec![("apples".to_owned(), 3)]).into_response()?;
/// assert_eq!(response.headers()["content-type"], "text/csv");
/// assert_eq!(response.body().as_bytes().unwrap(), "apples,3\r\n");
/// assert_eq!(Teapot.into_response()?.status(), 418);
/// # Ok::<(), PoveryError>(())
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no response",
    label = "a route cannot return this",
    note = "return `Json<T>`, text, `Html<T>`, bytes, a `Body`, a `StatusCode`, `NoContent`, `()`, a `Redirect`, a tuple such as `(Location, Json<T>)`, or an `Option` or `Result` of one of these"
)]
pub trait IntoResponse {
    /// The response.
    ///
    /// # Errors
    ///
    /// The error that is to be answered instead.
    fn into_response(self) -> Result<Response, PoveryError>;
}

/// A part of a response that stands before another one in a tuple: a status, a header.
///
/// Parts are applied from the last to the first, so the first has the last word. They are not
/// applied to an error, which is an answer of its own.
///
/// # Example
///
/// ```
/// use povery::prelude::*;
/// use povery::{Response, ResponsePart};
///
/// /// `Cache-Control: max-age=…`, in seconds.
/// struct MaxAge(u32);
///
/// impl ResponsePart for MaxAge {
///     fn apply(self, response: &mut Response) -> Result<(), PoveryError> {
///         [("cache-control", format!("max-age={}", self.0))].apply(response)
///     }
/// }
///
/// let response = (MaxAge(60), "text").into_response()?;
/// assert_eq!(response.headers()["cache-control"], "max-age=60");
/// # Ok::<(), PoveryError>(())
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no part of a response",
    label = "this cannot stand before another value of a tuple",
    note = "all but the last value of a tuple are a `StatusCode`, a `Location`, a `HeaderMap`, an array such as `[(\"cache-control\", \"no-store\")]`, or an `Option` of one of these"
)]
pub trait ResponsePart {
    /// Writes this part into the response.
    ///
    /// # Errors
    ///
    /// The error that is to be answered instead.
    fn apply(self, response: &mut Response) -> Result<(), PoveryError>;
}

impl IntoResponse for Response {
    fn into_response(self) -> Result<Response, PoveryError> {
        Ok(self)
    }
}

/// A 200 with this body, of this media type.
fn of_type(media_type: &'static str, body: impl Into<Body>) -> Response {
    let mut response = Response::new(body.into());
    let headers = response.headers_mut();
    headers.insert(names::CONTENT_TYPE, HeaderValue::from_static(media_type));
    response
}
