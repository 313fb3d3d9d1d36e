//! An answer, chunk by chunk.

use std::fmt;

use bytes::Bytes;
use http::response::Parts;
use http::{HeaderMap, StatusCode};
use http_body_util::BodyExt;

use super::TestResponse;
use crate::error::BoxError;
use crate::response::{Body, Response};

/// An answer whose body has not been read: from [`TestRequest::send_stream`](super::TestRequest::send_stream).
/// Nothing of a stream is made before it is asked for, so a test can look between its chunks.
///
/// # Example
///
/// ```
/// use futures_util::{Stream, stream};
/// use povery::prelude::*;
/// use povery::test::TestClient;
/// use povery::{BoxError, ByteStream};
///
/// /// It never ends.
/// #[povery::route(GET, "/ticks")]
/// async fn ticks() -> ByteStream<impl Stream<Item = Result<&'static str, BoxError>>> {
///     ByteStream(stream::repeat_with(|| Ok("tick ")))
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// let client = TestClient::new(App::new().routes(povery::routes![ticks]));
/// let mut answer = client.get("/ticks").send_stream().await;
/// assert_eq!(answer.status(), 200);
/// for _ in 0..3 {
///     assert_eq!(answer.next().await.unwrap().unwrap(), "tick ");
/// }
/// # }
/// ```
pub struct TestStream {
    parts: Parts,
    body: Body,
}

impl TestStream {
    pub(super) fn new(response: Response) -> Self {
        let (parts, body) = response.into_parts();
        Self { parts, body }
    }

    /// The status.
    pub fn status(&self) -> StatusCode {
        self.parts.status
    }

    /// The headers.
    pub fn headers(&self) -> &HeaderMap {
        &self.parts.headers
    }

    /// The next chunk; `None` at the end.
    ///
    /// # Errors
    ///
    /// What the stream ended early with.
    pub async fn next(&mut self) -> Option<Result<Bytes, BoxError>> {
        while let Some(frame) = self.body.frame().await {
            match frame.map(http_body::Frame::into_data) {
                Ok(Ok(chunk)) => return Some(Ok(chunk)),
                // Trailers, which no gateway passes on.
                Ok(Err(_)) => {}
                Err(error) => return Some(Err(error)),
            }
        }
        None
    }

    /// The rest of the answer.
    pub async fn read(self) -> TestResponse {
        TestResponse::read(self).await
    }

    pub(super) fn into_headers(self) -> HeaderMap {
        self.parts.headers
    }
}

/// Status and headers.
impl fmt::Debug for TestStream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TestStream")
            .field("status", &self.parts.status)
            .field("headers", &self.parts.headers)
            .finish_non_exhaustive()
    }
}
