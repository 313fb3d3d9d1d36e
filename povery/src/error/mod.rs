//! The error that every layer of povery answers with.

mod code;
#[cfg(feature = "postgres")]
pub(crate) mod sqlstate;
pub(crate) mod wire;

use std::borrow::Cow;
use std::error::Error;
use std::fmt;
use std::time::Duration;

use http::{HeaderMap, HeaderValue, StatusCode, header};
use serde::Serialize;
use serde_json::value::RawValue;

/// Any error that can be sent between threads.
pub type BoxError = Box<dyn Error + Send + Sync + 'static>;

/// An error with its HTTP answer: a status, a code for programs, a message for people and, where it
/// helps, data. On the wire it is `{"errorMessage", "errorCode", "errorData"?, "requestId"}`.
///
/// The *message* is shown to the caller, also with a 5xx status, so it is the developer's to choose.
/// The *source* is never shown: it is logged under the same request id.
///
/// # Example
///
/// ```
/// use povery::{PoveryError, StatusCode};
///
/// let error = PoveryError::new(StatusCode::GONE, "This offer has ended").with_code("OFFER_ENDED");
/// assert_eq!(error.status(), 410);
/// assert_eq!(error.code(), "OFFER_ENDED");
/// assert_eq!(error.to_string(), "This offer has ended");
/// ```
pub struct PoveryError {
    inner: Box<Inner>,
}

struct Inner {
    status: StatusCode,
    code: Cow<'static, str>,
    message: Cow<'static, str>,
    data: Option<Box<RawValue>>,
    headers: HeaderMap,
    source: Option<BoxError>,
}

impl PoveryError {
    /// An error with this status and message, and the usual code of the status (`NOT_FOUND` for
    /// 404; see the table in [`crate::docs::design`]).
    pub fn new(status: StatusCode, message: impl Into<Cow<'static, str>>) -> Self {
        Self {
            inner: Box::new(Inner {
                status,
                code: Cow::Borrowed(code::of(status)),
                message: message.into(),
                data: None,
                headers: HeaderMap::new(),
                source: None,
            }),
        }
    }

    /// 400 `BAD_REQUEST`.
    pub fn bad_request(message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, message)
    }

    /// 404 `NOT_FOUND`.
    pub fn not_found(message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::NOT_FOUND, message)
    }

    /// 409 `CONFLICT`.
    pub fn conflict(message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::CONFLICT, message)
    }

    /// 503 `SERVICE_UNAVAILABLE`, to be tried again after one second.
    pub fn unavailable(message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, message)
    }

    /// 500 `INTERNAL` "Internal server error"; `source` goes to the log alone.
    pub fn internal(source: impl Into<BoxError>) -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "Internal server error").with_source(source)
    }

    /// Replaces the code, which programs compare: `UPPER_SNAKE_CASE` by convention.
    #[must_use]
    pub fn with_code(mut self, code: impl Into<Cow<'static, str>>) -> Self {
        self.inner.code = code.into();
        self
    }

    /// Replaces the message.
    #[must_use]
    pub fn with_message(mut self, message: impl Into<Cow<'static, str>>) -> Self {
        self.inner.message = message.into();
        self
    }

    /// Sets `errorData`. Data that cannot be represented as JSON is left out, and the log says so.
    #[must_use]
    pub fn with_data(mut self, data: impl Serialize) -> Self {
        match serde_json::value::to_raw_value(&data) {
            Ok(data) => self.inner.data = Some(data),
            Err(error) => tracing::error!(%error, "errorData cannot be represented as JSON"),
        }
        self
    }

    /// Sets what caused this error: for the log, never for the caller.
    #[must_use]
    pub fn with_source(mut self, source: impl Into<BoxError>) -> Self {
        self.inner.source = Some(source.into());
        self
    }

    /// Sets `Retry-After`, in whole seconds, at least one. A 503 has it anyway: one second.
    #[must_use]
    pub fn with_retry_after(self, after: Duration) -> Self {
        let seconds = after.as_secs().max(1);
        self.with_header(header::RETRY_AFTER, HeaderValue::from(seconds))
    }

    pub(crate) fn with_header(mut self, name: header::HeaderName, value: HeaderValue) -> Self {
        self.inner.headers.insert(name, value);
        self
    }

    /// The HTTP status.
    pub fn status(&self) -> StatusCode {
        self.inner.status
    }

    /// The code for programs.
    pub fn code(&self) -> &str {
        &self.inner.code
    }

    /// The data, where there is any.
    pub fn data(&self) -> Option<serde_json::Value> {
        serde_json::from_str(self.inner.data.as_deref()?.get()).ok()
    }

    /// The message and the messages of all sources in one line, for the log.
    pub(crate) fn chain(&self) -> String {
        chain(self).replace(['\n', '\r'], " ")
    }
}

/// An error and its sources, joined. A source that only repeats what stands before it is left out.
pub(crate) fn chain(error: &(dyn Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(error) = next {
        let source = error.to_string();
        if !text.ends_with(&source) {
            text.push_str(": ");
            text.push_str(&source);
        }
        next = error.source();
    }
    text
}

impl fmt::Display for PoveryError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.inner.message)
    }
}

impl fmt::Debug for PoveryError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PoveryError")
            .field("status", &self.inner.status.as_u16())
            .field("code", &self.inner.code)
            .field("message", &self.chain())
            .field("data", &self.inner.data)
            .finish()
    }
}

impl Error for PoveryError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.inner.source.as_deref().map(|source| source as _)
    }
}

/// An error type with an HTTP answer; the derive of the same name implements it for an enum.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no HTTP answer",
    label = "this error of a route",
    note = "add `#[derive(povery::HttpError)]` to it, with `#[http(…)]` on every variant, or return `PoveryError`"
)]
pub trait HttpError {
    /// The answer. The error itself becomes the source of it, for the log.
    fn into_povery_error(self) -> PoveryError;
}

impl HttpError for PoveryError {
    fn into_povery_error(self) -> PoveryError {
        self
    }
}

/// The answer of a variant with a status of its own: the derive's.
#[doc(hidden)]
pub fn answer(status: u16, code: Option<&'static str>) -> PoveryError {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let error = PoveryError::new(status, "");
    match code {
        Some(code) => error.with_code(code),
        None => error,
    }
}

/// Completes an answer with the error that it is for: its text is the message.
#[doc(hidden)]
pub fn with_cause(answer: PoveryError, error: impl Error + Send + Sync + 'static) -> PoveryError {
    answer.with_message(error.to_string()).with_source(error)
}
