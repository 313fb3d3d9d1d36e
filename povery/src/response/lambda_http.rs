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
    /// assert_eq!(Body::from_lambda_http("text".into()), Body::from("text"));
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
impl From<Body> for LambdaBody {
    fn from(body: Body) -> Self {
        let bytes = Vec::from(body.into_bytes());
        match String::from_utf8(bytes) {
            Ok(text) if text.is_empty() => Self::Empty,
            Ok(text) => Self::Text(text),
            Err(error) => Self::Binary(error.into_bytes()),
        }
    }
}

/// The response of a handler that was written for `lambda_http`. Needs the feature `lambda_http`.
impl IntoResponse for http::Response<LambdaBody> {
    fn into_response(self) -> Result<Response, PoveryError> {
        Ok(self.map(Body::from_lambda_http))
    }
}
