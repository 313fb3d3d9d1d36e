//! Answers that may be an error.

use super::{IntoResponse, Response, ResponsePart};
use crate::error::{HttpError, PoveryError};

impl<T: IntoResponse, E: HttpError> IntoResponse for Result<T, E> {
    fn into_response(self) -> Result<Response, PoveryError> {
        match self {
            Ok(value) => value.into_response(),
            Err(error) => Err(error.into_povery_error()),
        }
    }
}

/// `None` is a 404 `NOT_FOUND` "Not found".
impl<T: IntoResponse> IntoResponse for Option<T> {
    fn into_response(self) -> Result<Response, PoveryError> {
        self.map_or_else(
            || Err(PoveryError::not_found("Not found")),
            IntoResponse::into_response,
        )
    }
}

/// `None` writes nothing.
impl<T: ResponsePart> ResponsePart for Option<T> {
    fn apply(self, response: &mut Response) -> Result<(), PoveryError> {
        self.map_or(Ok(()), |part| part.apply(response))
    }
}

/// The error's own answer, for a function that has no other.
impl IntoResponse for PoveryError {
    fn into_response(self) -> Result<Response, PoveryError> {
        Err(self)
    }
}
