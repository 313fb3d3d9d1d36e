//! `Json<T>` as an answer; [`crate::extract`] has it as an argument.

use serde::Serialize;

use super::{IntoResponse, Response, of_type};
use crate::error::PoveryError;

/// Room for most bodies, which then do not move while they are written.
const USUAL: usize = 1024;

/// JSON: as an argument the request's body, validated; as an answer `application/json`.
///
/// As an argument, `T` is `Deserialize + Validate`; without rules it is
/// [`Unvalidated<Json<T>>`](crate::Unvalidated). A content type that is not JSON, or says a charset other
/// than UTF-8, is a 415, text that is not JSON a 400 `MALFORMED_JSON`, and a value that does not fit `T` or
/// its rules a 400 `VALIDATION_FAILED` that names every fault: of the shape and of the rules (`nested` and
/// `custom` ones too), by the names on the wire. How they are found, and where that ends, is told in
/// [the design](crate::docs::design). `Option<Json<T>>` is `None` where the body is empty.
///
/// The rules are those of `Validate`, which has no context; a `message` or `code` in its attributes is
/// what the caller reads.
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
        let mut body = Vec::with_capacity(USUAL);
        serde_json::to_writer(&mut body, &self.0).map_err(PoveryError::internal)?;
        Ok(of_type("application/json", body))
    }
}
