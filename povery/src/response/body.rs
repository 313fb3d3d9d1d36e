//! The body of a response.

use std::any::Any;
use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use futures_core::Stream;
use futures_util::{FutureExt, TryStreamExt};
use http_body::{Frame, SizeHint};
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt, Limited, StreamBody};

use crate::error::BoxError;

/// The body of a response: whole in memory, or a stream.
///
/// Text and bytes become a whole one by `From`. A stream is polled when the host can send, and not
/// before: nothing of it is buffered. See [the guide](crate::docs::front_door#streaming).
///
/// # Example
///
/// ```
/// use futures_util::stream;
/// use povery::{Body, BoxError, Bytes};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), BoxError> {
/// let whole = Body::from("text");
/// assert_eq!(whole.as_bytes(), Some(&Bytes::from("text")));
///
/// let streamed = Body::from_stream(stream::iter([Ok::<_, BoxError>("te"), Ok("xt")]));
/// assert_eq!(streamed.as_bytes(), None);
/// assert_eq!(streamed.into_bytes(1024).await?, "text");
/// # Ok(())
/// # }
/// ```
#[derive(Default)]
pub struct Body(Content);

enum Content {
    Whole(Bytes),
    Streamed(UnsyncBoxBody<Bytes, BoxError>),
}

impl Default for Content {
    fn default() -> Self {
        Self::Whole(Bytes::new())
    }
}

impl Body {
    /// Nothing.
    pub fn empty() -> Self {
        Self::default()
    }

    /// Any body of the ecosystem's, as a stream; a `Body` stays what it is.
    pub fn new<B>(body: B) -> Self
    where
        B: http_body::Body<Data = Bytes, Error: Into<BoxError>> + Send + 'static,
    {
        let mut body = Some(body);
        if let Some(same) = (&mut body as &mut dyn Any).downcast_mut::<Option<Self>>() {
            return same.take().unwrap_or_default();
        }
        body.map_or_else(Self::empty, |body| {
            Self(Content::Streamed(body.map_err(Into::into).boxed_unsync()))
        })
    }

    /// The same of any data that can become bytes.
    pub(crate) fn of<B>(body: B) -> Self
    where
        B: http_body::Body<Data: Into<Bytes>, Error: Into<BoxError>> + Send + 'static,
    {
        let mut body = Some(body);
        if let Some(same) = (&mut body as &mut dyn Any).downcast_mut::<Option<Self>>() {
            return same.take().unwrap_or_default();
        }
        body.map_or_else(Self::empty, |body| Self::new(InBytes(Box::pin(body))))
    }

    /// A body of what the stream yields: chunks of text or bytes. Its first error ends the response
    /// early, in a way that the caller can tell from its end, and is logged.
    pub fn from_stream<S, T, E>(stream: S) -> Self
    where
        S: Stream<Item = Result<T, E>> + Send + 'static,
        T: Into<Bytes>,
        E: Into<BoxError> + 'static,
    {
        let frames = stream
            .map_ok(|chunk| Frame::data(chunk.into()))
            .map_err(Into::into);
        Self(Content::Streamed(StreamBody::new(frames).boxed_unsync()))
    }

    /// All of the bytes, if they are in memory: `None` of a stream.
    pub fn as_bytes(&self) -> Option<&Bytes> {
        match &self.0 {
            Content::Whole(bytes) => Some(bytes),
            Content::Streamed(_) => None,
        }
    }

    /// All of the bytes; a stream is read to its end.
    ///
    /// # Errors
    ///
    /// The error of the stream, or that it has more than `limit` bytes. A body that is in memory already
    /// is never too large.
    pub async fn into_bytes(self, limit: usize) -> Result<Bytes, BoxError> {
        match self.0 {
            Content::Whole(bytes) => Ok(bytes),
            // Boxed, since the compiler takes the future itself for one that is not `Send`.
            Content::Streamed(body) => {
                let read = Limited::new(body, limit).collect().boxed();
                Ok(read.await?.to_bytes())
            }
        }
    }

    /// The number of bytes, where it is known without reading them.
    pub(crate) fn length(&self) -> Option<u64> {
        match &self.0 {
            Content::Whole(bytes) => Some(bytes.len() as u64),
            Content::Streamed(body) => http_body::Body::size_hint(body).exact(),
        }
    }
}

impl<T: Into<Bytes>> From<T> for Body {
    fn from(bytes: T) -> Self {
        Self(Content::Whole(bytes.into()))
    }
}

/// Without the bytes, which may be a secret.
impl fmt::Debug for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Content::Whole(bytes) => write!(f, "Body({} bytes)", bytes.len()),
            Content::Streamed(_) => f.write_str("Body(stream)"),
        }
    }
}

impl http_body::Body for Body {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        match &mut self.0 {
            Content::Whole(bytes) => {
                let bytes = std::mem::take(bytes);
                Poll::Ready((!bytes.is_empty()).then(|| Ok(Frame::data(bytes))))
            }
            Content::Streamed(body) => Pin::new(body).poll_frame(cx),
        }
    }

    fn is_end_stream(&self) -> bool {
        match &self.0 {
            Content::Whole(bytes) => bytes.is_empty(),
            Content::Streamed(body) => body.is_end_stream(),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match &self.0 {
            Content::Whole(bytes) => SizeHint::with_exact(bytes.len() as u64),
            Content::Streamed(body) => body.size_hint(),
        }
    }
}

/// The same body, its data made bytes: `map_frame` would forget how long it is.
struct InBytes<B>(Pin<Box<B>>);

impl<B: http_body::Body<Data: Into<Bytes>>> http_body::Body for InBytes<B> {
    type Data = Bytes;
    type Error = B::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, B::Error>>> {
        let frame = self.0.as_mut().poll_frame(cx);
        frame.map_ok(|frame| frame.map_data(Into::into))
    }

    fn is_end_stream(&self) -> bool {
        self.0.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.0.size_hint()
    }
}

#[cfg(test)]
mod tests {
    use futures_util::stream;
    use http_body_util::{Full, LengthLimitError};

    use super::*;

    fn ok(chunk: &'static str) -> Result<&'static str, BoxError> {
        Ok(chunk)
    }

    #[test]
    fn a_whole_body_is_one_frame() {
        let mut body = Body::from("text");
        assert_eq!(body.length(), Some(4));
        let frame = body.frame().now_or_never().unwrap().unwrap().unwrap();
        assert_eq!(frame.into_data().unwrap(), "text");
        assert!(http_body::Body::is_end_stream(&body));
        assert!(body.frame().now_or_never().unwrap().is_none());
    }

    #[test]
    fn what_is_a_body_already_stays_one() {
        let body = Body::new(Body::from("text"));
        assert_eq!(body.as_bytes().unwrap(), "text");
        let body = Body::new(Full::<Bytes>::from("text"));
        assert_eq!((body.as_bytes(), body.length()), (None, Some(4)));
    }

    #[tokio::test]
    async fn data_of_another_type_becomes_bytes_and_is_as_long() {
        let body = Body::of(Full::new(b"text".as_slice()));
        assert_eq!((body.as_bytes(), body.length()), (None, Some(4)));
        assert_eq!(body.into_bytes(4).await.unwrap(), "text");
        assert_eq!(Body::of(Body::from("text")).as_bytes().unwrap(), "text");
    }

    #[tokio::test]
    async fn a_stream_is_read_up_to_the_limit() {
        let body = || Body::from_stream(stream::iter([ok("ab"), ok(""), ok("c")]));
        assert_eq!(body().length(), None);
        assert_eq!(body().into_bytes(3).await.unwrap(), "abc");
        assert!(
            body()
                .into_bytes(2)
                .await
                .unwrap_err()
                .is::<LengthLimitError>()
        );
        let endless = Body::from_stream(stream::repeat_with(|| ok("abc")));
        assert!(endless.into_bytes(10).await.is_err());
        assert_eq!(Body::from("abc").into_bytes(0).await.unwrap(), "abc");
    }

    #[tokio::test]
    async fn the_error_of_a_stream_is_the_bodys() {
        let body = Body::from_stream(stream::iter([ok("ab"), Err("broken".into())]));
        let error = body.into_bytes(10).await.unwrap_err();
        assert_eq!(error.to_string(), "broken");
    }

    #[test]
    fn debug_is_without_the_bytes() {
        assert_eq!(format!("{:?}", Body::from("secret")), "Body(6 bytes)");
        let body = Body::from_stream(stream::iter([ok("secret")]));
        assert_eq!(format!("{body:?}"), "Body(stream)");
    }
}
