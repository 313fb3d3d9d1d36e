//! An answer, whole.

use std::error::Error;
use std::fmt;

use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::TestStream;
use crate::error::BoxError;

/// The answer to a [`TestRequest`](super::TestRequest). Where it is not what a test asks for, the panic
/// shows it.
pub struct TestResponse {
    status: StatusCode,
    headers: HeaderMap,
    chunks: Vec<Bytes>,
    body: Bytes,
    interrupted: Option<BoxError>,
}

/// An error as it is on the wire, in either format.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct TestError {
    /// `errorMessage`, or `detail` in problem JSON.
    #[serde(rename = "errorMessage", alias = "detail")]
    pub message: String,
    /// `errorCode`, or `code` in problem JSON.
    #[serde(rename = "errorCode", alias = "code")]
    pub code: String,
    /// `errorData`, or `errors` in problem JSON, if there is any.
    #[serde(rename = "errorData", alias = "errors")]
    pub data: Option<Value>,
    /// `requestId`.
    #[serde(rename = "requestId")]
    pub request_id: String,
}

impl TestResponse {
    /// Reads the rest of the stream.
    pub(super) async fn read(mut stream: TestStream) -> Self {
        let mut chunks = Vec::new();
        let mut interrupted = None;
        while let Some(chunk) = stream.next().await {
            match chunk {
                Ok(chunk) => chunks.push(chunk),
                Err(error) => interrupted = Some(error),
            }
        }
        let body = match &*chunks {
            [chunk] => chunk.clone(),
            chunks => chunks.concat().into(),
        };
        Self {
            status: stream.status(),
            headers: stream.into_headers(),
            chunks,
            body,
            interrupted,
        }
    }

    /// The status.
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// The headers.
    pub fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// The first header of that name; `None` if there is none, or it is no visible ASCII.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// The body.
    ///
    /// # Panics
    ///
    /// If it is a stream that ended early.
    #[track_caller]
    pub fn bytes(&self) -> &Bytes {
        if let Some(error) = &self.interrupted {
            panic!("the body ended early: {error}\n{self:?}");
        }
        &self.body
    }

    /// The body as it was sent: the chunks of a stream, also of one that ended early. A body that was whole
    /// is one chunk, an empty one none.
    pub fn chunks(&self) -> &[Bytes] {
        &self.chunks
    }

    /// What a stream ended early with: that it failed, panicked, or took too long. The log has the cause.
    pub fn interrupted(&self) -> Option<&(dyn Error + 'static)> {
        Some(self.interrupted.as_deref()?)
    }

    /// The body as text.
    ///
    /// # Panics
    ///
    /// If it is not UTF-8, or ended early.
    #[track_caller]
    pub fn text(&self) -> &str {
        match std::str::from_utf8(self.bytes()) {
            Ok(text) => text,
            Err(error) => panic!("the body is no text: {error}\n{self:?}"),
        }
    }

    /// The body, read as JSON.
    ///
    /// # Panics
    ///
    /// If it is no JSON, does not fit `T`, or ended early.
    #[track_caller]
    pub fn json<T: DeserializeOwned>(&self) -> T {
        match serde_json::from_slice(self.bytes()) {
            Ok(value) => value,
            Err(error) => panic!("the body is not the JSON that was asked for: {error}\n{self:?}"),
        }
    }

    /// The error that is answered.
    ///
    /// # Panics
    ///
    /// If it is a success, or no error of povery's.
    #[track_caller]
    pub fn error(&self) -> TestError {
        if !self.status.is_client_error() && !self.status.is_server_error() {
            panic!("this is no error\n{self:?}");
        }
        self.json()
    }
}

/// Status, headers and body, as they are on the wire.
impl fmt::Debug for TestResponse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.status)?;
        for (name, value) in &self.headers {
            writeln!(f, "{name}: {}", value.as_bytes().escape_ascii())?;
        }
        write!(f, "\n{}", String::from_utf8_lossy(&self.body))
    }
}
