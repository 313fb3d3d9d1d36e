//! The error that every layer of povery answers with.

mod code;
mod derived;
#[cfg(not(feature = "postgres"))]
mod no_database;
#[cfg(feature = "postgres")]
pub(crate) mod sqlstate;
mod status;
#[cfg(test)]
mod tests;
pub(crate) mod wire;

#[cfg(not(feature = "postgres"))]
pub use no_database::{DatabaseError, has_sqlstate, sqlx, violates};

pub use derived::{Datum, HttpError, Source, answer, broken, with_cause, with_data, with_fields};

use std::borrow::Cow;
use std::error::Error;
use std::fmt;
use std::time::Duration;

use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use serde::Serialize;
use serde_json::value::RawValue;

/// What the caller reads of an error that nobody has worded.
const INTERNAL: &str = "Internal server error";

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
    /// 404; see the table in [`crate::docs::errors`]).
    ///
    /// A status that is none of an error, such as 200, is a mistake of the program, and the caller
    /// is not to take it for a success: it becomes a 500 `INTERNAL`, and the log has the message.
    ///
    /// # Example
    ///
    /// ```
    /// use povery::{PoveryError, StatusCode};
    ///
    /// let error = PoveryError::new(StatusCode::LOCKED, "Somebody else is editing this page");
    /// assert_eq!((error.status().as_u16(), error.code()), (423, "LOCKED"));
    /// assert_eq!(PoveryError::new(StatusCode::OK, "All is well").status(), 500);
    /// ```
    pub fn new(status: StatusCode, message: impl Into<Cow<'static, str>>) -> Self {
        if status.is_client_error() || status.is_server_error() {
            return Self::of(status, message.into());
        }
        let mistake = format!("an error has the status {status}: {}", message.into());
        Self::internal(mistake)
    }

    fn of(status: StatusCode, message: Cow<'static, str>) -> Self {
        Self {
            inner: Box::new(Inner {
                status,
                code: Cow::Borrowed(code::of(status)),
                message,
                data: None,
                headers: HeaderMap::new(),
                source: None,
            }),
        }
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

    /// Sets `errorData`, which is shown to the caller. Data that cannot be represented as JSON is left
    /// out, and the log says so.
    #[must_use]
    pub fn with_data(self, data: impl Serialize) -> Self {
        self.with_raw_data(serde_json::value::to_raw_value(&data))
    }

    fn with_raw_data(mut self, data: Result<Box<RawValue>, serde_json::Error>) -> Self {
        match data {
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

    /// Sets a header of the answer, such as `WWW-Authenticate`; one that it had is replaced.
    ///
    /// # Example
    ///
    /// ```
    /// use povery::{HeaderValue, PoveryError, header};
    ///
    /// let error = PoveryError::unauthenticated("Sign in first")
    ///     .with_header(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    /// ```
    #[must_use]
    pub fn with_header(mut self, name: HeaderName, value: HeaderValue) -> Self {
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

    /// The data as it is written.
    pub(crate) fn raw_data(&self) -> Option<&RawValue> {
        self.inner.data.as_deref()
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
