//! Responses as they arrive, chunk by chunk.

use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, Response, StatusCode};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use serde_json::Value;
use tokio::sync::{mpsc, oneshot};
use tokio::time::timeout;

use super::{InvocationError, status};

/// How long a test waits for the next part.
const BOUND: Duration = Duration::from_secs(30);

/// What stands between prelude and body.
const SEPARATOR: [u8; 8] = [0; 8];

/// An invocation whose response is read as it arrives.
#[derive(Debug)]
pub struct StreamedInvocation {
    /// Its request id.
    pub request_id: String,
    /// Receives the response when it begins, or the error.
    pub response: oneshot::Receiver<Result<StreamedResponse, InvocationError>>,
}

/// A response that arrives. The function can send the next part when this one was asked for; when this is
/// dropped, nobody reads it any more.
#[derive(Debug)]
pub struct StreamedResponse {
    /// The headers of the function's request.
    pub headers: HeaderMap,
    parts: mpsc::Receiver<Part>,
}

/// A part of a response.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part {
    /// A chunk.
    Chunk(Bytes),
    /// What comes after the last chunk.
    Trailers(HeaderMap),
    /// The connection broke.
    Broken(String),
}

impl StreamedResponse {
    /// The next part; `None` at the end.
    ///
    /// # Panics
    /// If there is none in time.
    pub async fn next(&mut self) -> Option<Part> {
        let part = timeout(BOUND, self.parts.recv()).await;
        part.unwrap_or_else(|_| panic!("no further part in {BOUND:?}"))
    }

    /// The next part, which is a chunk.
    ///
    /// # Panics
    /// If it is none.
    pub async fn chunk(&mut self) -> Bytes {
        match self.next().await {
            Some(Part::Chunk(chunk)) => chunk,
            other => panic!("no chunk but {other:?}"),
        }
    }

    /// The prelude: status, headers and cookies. The separator is read with it.
    ///
    /// # Panics
    /// If these are not the next two chunks.
    pub async fn prelude(&mut self) -> Value {
        let prelude = self.chunk().await;
        let prelude = serde_json::from_slice(&prelude)
            .unwrap_or_else(|error| panic!("no prelude ({error}): {prelude:?}"));
        assert_eq!(self.chunk().await, SEPARATOR[..]);
        prelude
    }

    /// All that follows: the bytes, and the trailers if there are any.
    ///
    /// # Panics
    /// If the connection breaks.
    pub async fn rest(mut self) -> (Bytes, Option<HeaderMap>) {
        let (mut bytes, mut trailers) = (Vec::new(), None);
        while let Some(part) = self.next().await {
            match part {
                Part::Chunk(chunk) => bytes.extend_from_slice(&chunk),
                Part::Trailers(found) => trailers = Some(found),
                Part::Broken(error) => panic!("the connection broke: {error}"),
            }
        }
        (bytes.into(), trailers)
    }
}

/// Hands a response on, part by part, no faster than it is read.
pub(super) async fn hand_on(
    waiting: oneshot::Sender<Result<StreamedResponse, InvocationError>>,
    headers: HeaderMap,
    mut body: Incoming,
) -> Response<Full<Bytes>> {
    let (sender, parts) = mpsc::channel(1);
    let _ = waiting.send(Ok(StreamedResponse { headers, parts }));
    while let Some(frame) = body.frame().await {
        let part = match frame.map(part) {
            Ok(part) => part,
            Err(error) => {
                let _ = sender.send(Part::Broken(error.to_string())).await;
                return status(StatusCode::BAD_REQUEST);
            }
        };
        if sender.send(part).await.is_err() {
            return status(StatusCode::GONE);
        }
    }
    status(StatusCode::ACCEPTED)
}

fn part(frame: hyper::body::Frame<Bytes>) -> Part {
    match frame.into_data() {
        Ok(chunk) => Part::Chunk(chunk),
        Err(frame) => Part::Trailers(frame.into_trailers().unwrap_or_default()),
    }
}
