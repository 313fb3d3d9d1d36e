//! The status of an answer: what a handler chooses, else the route's.

use http::{HeaderMap, StatusCode, header};

use super::{Body, IntoResponse, Response, ResponsePart};
use crate::error::PoveryError;

/// 204 without a body, also where the route has another `status`.
///
/// # Example
///
/// ```
/// use povery::prelude::*;
///
/// #[povery::route(DELETE, "/drafts/<id>")]
/// async fn delete(id: u32) -> Option<NoContent> {
///     (id == 7).then_some(NoContent)
/// }
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct NoContent;

impl IntoResponse for NoContent {
    fn into_response(self) -> Result<Response, PoveryError> {
        StatusCode::NO_CONTENT.into_response()
    }
}

/// 204 without a body, unless the route has a `status`.
impl IntoResponse for () {
    fn into_response(self) -> Result<Response, PoveryError> {
        let mut response = Response::new(Body::default());
        *response.status_mut() = StatusCode::NO_CONTENT;
        Ok(response)
    }
}

/// This status, without a body.
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
    match response.status().as_u16() {
        204 | 205 | 304 => without_body(&mut response),
        200..600 => {}
        // 1xx announces another answer, and hosts refuse or mistake it; above 599 there is nothing.
        status => {
            return Err(PoveryError::internal(format!(
                "the handler chose the status {status}, which cannot end a request"
            )));
        }
    }
    Ok(response)
}

/// What these statuses forbid would be taken for the beginning of the next answer.
fn without_body(response: &mut Response) {
    if response.body().length() != Some(0) {
        *response.body_mut() = Body::default();
        let headers: &mut HeaderMap = response.headers_mut();
        headers.remove(header::CONTENT_TYPE);
        headers.remove(header::CONTENT_LENGTH);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(route: u16, value: Result<Response, PoveryError>) -> u16 {
        match respond(route, value) {
            Ok(response) => response.status().as_u16(),
            Err(error) => error.status().as_u16(),
        }
    }

    #[test]
    fn the_routes_status_gives_way_to_a_chosen_one() {
        let cases = [
            (200, "text".into_response(), 200),
            (201, "text".into_response(), 201),
            (200, ().into_response(), 204),
            (202, ().into_response(), 202),
            (201, NoContent.into_response(), 204),
            (201, StatusCode::OK.into_response(), 200),
            (201, (StatusCode::OK, "text").into_response(), 200),
            (201, (StatusCode::NO_CONTENT, ()).into_response(), 204),
            (201, StatusCode::IM_A_TEAPOT.into_response(), 418),
            (201, None::<&str>.into_response(), 404),
            (201, Some("text").into_response(), 201),
            (201, PoveryError::gone("Gone").into_response(), 410),
        ];
        for (route, value, expected) in cases {
            assert_eq!(of(route, value), expected);
        }
    }

    #[test]
    fn a_status_that_cannot_end_a_request_is_a_500() {
        for status in [100, 101, 103, 199, 600, 999] {
            let status = StatusCode::from_u16(status).unwrap();
            assert_eq!(of(200, status.into_response()), 500, "{status}");
        }
    }

    #[test]
    fn statuses_without_a_body_lose_it() {
        for status in [
            StatusCode::NO_CONTENT,
            StatusCode::RESET_CONTENT,
            StatusCode::NOT_MODIFIED,
        ] {
            let answer = (status, [("etag", "\"1\"")], "text");
            let response = respond(200, answer).unwrap();
            assert_eq!(response.status(), status);
            assert_eq!(response.body().length(), Some(0));
            let names: Vec<_> = response.headers().keys().collect();
            assert_eq!(names, ["etag"]);
        }
    }
}
