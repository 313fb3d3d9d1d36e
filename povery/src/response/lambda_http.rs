//! The bodies and responses of `lambda_http`.

use ::lambda_http::Body as LambdaBody;

use super::{Body, IntoResponse, Response};
use crate::error::PoveryError;

impl Body {
    /// A body of `lambda_http` as one of povery's. Needs the feature `lambda_http`.
    ///
    /// # Example
    ///
    /// ```
    /// # #[cfg(feature = "lambda_http")] {
    /// use povery::Body;
    ///
    /// let body = Body::from_lambda_http("text".into());
    /// assert_eq!(body.as_bytes().map(|bytes| &bytes[..]), Some(&b"text"[..]));
    /// # }
    /// ```
    pub fn from_lambda_http(body: LambdaBody) -> Self {
        match body {
            LambdaBody::Text(text) => text.into(),
            LambdaBody::Binary(bytes) => bytes.into(),
            _ => Self::default(),
        }
    }
}

/// Text where it is UTF-8, which `lambda_http` sends as it is; else bytes, which it sends in base64. Needs
/// the feature `lambda_http`.
impl TryFrom<Body> for LambdaBody {
    /// A body that is a stream, as it was.
    type Error = Body;

    fn try_from(body: Body) -> Result<Self, Body> {
        let Some(bytes) = body.as_bytes() else {
            return Err(body);
        };
        Ok(match String::from_utf8(bytes.to_vec()) {
            Ok(text) if text.is_empty() => Self::Empty,
            Ok(text) => Self::Text(text),
            Err(error) => Self::Binary(error.into_bytes()),
        })
    }
}

/// The response of a handler that was written for `lambda_http`. Needs the feature `lambda_http`.
impl IntoResponse for http::Response<LambdaBody> {
    fn into_response(self) -> Result<Response, PoveryError> {
        Ok(self.map(Body::from_lambda_http))
    }
}
