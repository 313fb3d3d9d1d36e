//! What a handler may return, and how it becomes a response.

mod body;
mod cookie;
mod json;
mod location;

pub use body::Body;
pub use cookie::SetCookie;
pub use json::Json;
pub use location::Location;

use http::{HeaderValue, StatusCode, header};

use crate::error::{HttpError, PoveryError};

/// A response whose body is whole in memory.
pub type Response = http::Response<Body>;

/// Anything that a route may return.
///
/// It can fail, so that a value that does not serialise is a logged 500 and not a panic.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no response",
    label = "a route cannot return this",
    note = "return `Json<T>`, text, a `StatusCode`, `()`, a tuple such as `(Location, Json<T>)`, or a `Result` of one of these"
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
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no part of a response",
    note = "all but the last value of a tuple are a `StatusCode`, a `Location` or the like"
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

/// 204 without a body.
impl IntoResponse for () {
    fn into_response(self) -> Result<Response, PoveryError> {
        let mut response = Response::new(Body::default());
        *response.status_mut() = StatusCode::NO_CONTENT;
        Ok(response)
    }
}

impl IntoResponse for StatusCode {
    fn into_response(self) -> Result<Response, PoveryError> {
        let mut response = Response::new(Body::default());
        self.apply(&mut response)?;
        Ok(response)
    }
}

impl ResponsePart for StatusCode {
    fn apply(self, response: &mut Response) -> Result<(), PoveryError> {
        *response.status_mut() = self;
        response.extensions_mut().insert(Chosen);
        Ok(())
    }
}

/// `text/plain; charset=utf-8`.
impl IntoResponse for String {
    fn into_response(self) -> Result<Response, PoveryError> {
        text(Body::from(self))
    }
}

/// `text/plain; charset=utf-8`.
impl IntoResponse for &'static str {
    fn into_response(self) -> Result<Response, PoveryError> {
        text(Body::from(self))
    }
}

fn text(body: Body) -> Result<Response, PoveryError> {
    let mut response = Response::new(body);
    let headers = response.headers_mut();
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("text/plain; charset=utf-8"),
    );
    Ok(response)
}

impl<T: IntoResponse, E: HttpError> IntoResponse for Result<T, E> {
    fn into_response(self) -> Result<Response, PoveryError> {
        match self {
            Ok(value) => value.into_response(),
            Err(error) => Err(error.into_povery_error()),
        }
    }
}

impl<A: ResponsePart, R: IntoResponse> IntoResponse for (A, R) {
    fn into_response(self) -> Result<Response, PoveryError> {
        let (part, rest) = self;
        let mut response = rest.into_response()?;
        part.apply(&mut response)?;
        Ok(response)
    }
}

impl<A: ResponsePart, B: ResponsePart, R: IntoResponse> IntoResponse for (A, B, R) {
    fn into_response(self) -> Result<Response, PoveryError> {
        let (first, second, rest) = self;
        (first, (second, rest)).into_response()
    }
}

/// Marks a response whose status the function chose.
#[derive(Clone, Copy)]
struct Chosen;

/// The answer of a route: what its function returned, under the route's `status` unless the function
/// chose one. Without a `status` (200) nothing changes: `()` stays a 204.
#[doc(hidden)]
pub fn respond(status: u16, value: impl IntoResponse) -> Result<Response, PoveryError> {
    let mut response = value.into_response()?;
    let chosen = response.extensions_mut().remove::<Chosen>().is_some();
    let usual = matches!(response.status(), StatusCode::OK | StatusCode::NO_CONTENT);
    if let Ok(status) = StatusCode::from_u16(status)
        && !chosen
        && usual
        && status != StatusCode::OK
    {
        *response.status_mut() = status;
    }
    Ok(response)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_routes_status_gives_way_to_a_chosen_one() {
        let status = |status, value: Result<Response, PoveryError>| {
            respond(status, value).unwrap().status().as_u16()
        };
        let cases = [
            (200, "text".into_response(), 200),
            (201, "text".into_response(), 201),
            (200, ().into_response(), 204),
            (202, ().into_response(), 202),
            (201, StatusCode::OK.into_response(), 200),
            (201, (StatusCode::OK, "text").into_response(), 200),
            (201, (StatusCode::NO_CONTENT, ()).into_response(), 204),
            (201, StatusCode::IM_A_TEAPOT.into_response(), 418),
        ];
        for (route, value, expected) in cases {
            assert_eq!(status(route, value), expected);
        }
    }
}
