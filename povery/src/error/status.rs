//! Constructors for the statuses that applications answer with.

use std::borrow::Cow;

use http::StatusCode;

use super::{BoxError, PoveryError};

impl PoveryError {
    /// 400 `BAD_REQUEST`: the request cannot be understood.
    pub fn bad_request(message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, message)
    }

    /// 401 `UNAUTHENTICATED`: nobody has said who asks, or not in a way that can be believed.
    pub fn unauthenticated(message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::UNAUTHORIZED, message)
    }

    /// 403 `FORBIDDEN`: who asks is known, and may not.
    pub fn forbidden(message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::FORBIDDEN, message)
    }

    /// 404 `NOT_FOUND`.
    pub fn not_found(message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::NOT_FOUND, message)
    }

    /// 409 `CONFLICT`: not in the present state of things.
    pub fn conflict(message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::CONFLICT, message)
    }

    /// 410 `GONE`: it was here, and will not be again.
    pub fn gone(message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::GONE, message)
    }

    /// 413 `PAYLOAD_TOO_LARGE`.
    pub fn payload_too_large(message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, message)
    }

    /// 415 `UNSUPPORTED_MEDIA_TYPE`.
    pub fn unsupported_media_type(message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, message)
    }

    /// 422 `UNPROCESSABLE`: understood, and against a rule of the application. What is wrong with an
    /// argument is a 400.
    pub fn unprocessable(message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, message)
    }

    /// 429 `TOO_MANY_REQUESTS`; see [`with_retry_after`](Self::with_retry_after).
    pub fn too_many_requests(message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::TOO_MANY_REQUESTS, message)
    }

    /// 500 `INTERNAL` "Internal server error"; `source` goes to the log alone.
    pub fn internal(source: impl Into<BoxError>) -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, super::INTERNAL).with_source(source)
    }

    /// 502 `BAD_GATEWAY`: a service behind this one gave no usable answer.
    pub fn bad_gateway(message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::BAD_GATEWAY, message)
    }

    /// 503 `SERVICE_UNAVAILABLE`, to be tried again after one second unless
    /// [`with_retry_after`](Self::with_retry_after) says otherwise.
    pub fn unavailable(message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, message)
    }

    /// 504 `TIMEOUT`: a service behind this one took too long.
    pub fn timeout(message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::GATEWAY_TIMEOUT, message)
    }
}
