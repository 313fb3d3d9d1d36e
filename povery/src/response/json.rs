//! `Json<T>` as an answer; [`crate::extract`] has it as an argument.

use serde::Serialize;

use super::{IntoResponse, Response, of_type};
use crate::error::PoveryError;

/// JSON: as an argument the request's body, validated; as an answer `application/json`.
///
/// As an argument, `T` is `Deserialize + Validate`. A content type that is not JSON is a 415, text
/// that is not JSON a 400 `MALFORMED_JSON`, and a value that does not fit `T` or its rules a 400
/// `VALIDATION_FAILED` that names every fault.
///
/// # Example
///
/// ```
/// use povery::prelude::*;
///
/// #[derive(serde::Deserialize, Validate)]
/// struct Sum {
///     #[validate(length(min = 1))]
///     numbers: Vec<i64>,
/// }
///
/// #[povery::route(POST, "/sums")]
/// async fn sum(Json(sum): Json<Sum>) -> Json<i64> {
///     Json(sum.numbers.iter().sum())
/// }
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Json<T>(pub T);

impl<T: Serialize> IntoResponse for Json<T> {
    fn into_response(self) -> Result<Response, PoveryError> {
        let body = serde_json::to_vec(&self.0).map_err(PoveryError::internal)?;
        Ok(of_type("application/json", body))
    }
}
