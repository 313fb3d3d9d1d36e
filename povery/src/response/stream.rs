//! Answers whose body is made while it is sent.

use bytes::Bytes;
use futures_core::Stream;

use super::{Body, IntoResponse, Response, of_type};
use crate::error::{BoxError, PoveryError};

const OCTETS: &str = "application/octet-stream";

/// `application/octet-stream`: what the stream yields, chunk by chunk. Another content type goes before
/// it, in a tuple.
///
/// The status and the headers are sent before the first chunk is there, so an error of the stream cannot
/// change them: it ends the response early, and is logged. What decides the status, such as whether there is
/// anything to send, is found out before. See [the guide](crate::docs::front_door#streaming).
///
/// # Example
///
/// Server-sent events:
///
/// ```
/// use futures_util::{Stream, StreamExt, stream};
/// use povery::prelude::*;
/// use povery::{BoxError, ByteStream};
///
/// #[povery::route(GET, "/countdown/<from>")]
/// async fn countdown(from: u32) -> ([(&'static str, &'static str); 1], ByteStream<impl Stream<Item = Result<String, BoxError>>>) {
///     let events = stream::iter((0..=from).rev()).map(|number| Ok(format!("data: {number}\n\n")));
///     ([("content-type", "text/event-stream")], ByteStream(events))
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// let client = povery::test::TestClient::new(App::new().routes(povery::routes![countdown]));
/// let response = client.get("/countdown/1").send().await;
/// assert_eq!(response.header("content-type"), Some("text/event-stream"));
/// assert_eq!(response.chunks(), ["data: 1\n\n", "data: 0\n\n"]);
/// # }
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct ByteStream<S>(pub S);

impl<S, T, E> IntoResponse for ByteStream<S>
where
    S: Stream<Item = Result<T, E>> + Send + 'static,
    T: Into<Bytes>,
    E: Into<BoxError> + 'static,
{
    fn into_response(self) -> Result<Response, PoveryError> {
        Body::from_stream(self.0).into_response()
    }
}

/// `application/octet-stream`.
impl IntoResponse for Body {
    fn into_response(self) -> Result<Response, PoveryError> {
        Ok(of_type(OCTETS, self))
    }
}
