//! A streamed response on the wire: what Lambda reads.

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue};
use http_body::Frame;
use serde_json::json;

use crate::app::Interrupted;
use crate::error::BoxError;
use crate::response::Body;

pub(super) const ERROR_TYPE: HeaderName =
    HeaderName::from_static("lambda-runtime-function-error-type");
pub(super) const ERROR_BODY: HeaderName =
    HeaderName::from_static("lambda-runtime-function-error-body");

/// Stands between prelude and body.
const SEPARATOR: Bytes = Bytes::from_static(&[0; 8]);

/// The prelude, the separator, and then the body as it comes, each in a chunk of its own: `cargo lambda
/// watch` reads the first two so. Where the body ends early, trailers tell it, as Lambda has it; without
/// them it would look complete.
pub(super) struct Streamed {
    next: Next,
    prelude: Bytes,
    body: Body,
}

enum Next {
    Prelude,
    Separator,
    Body,
    Nothing,
}

impl Streamed {
    pub(super) fn new(prelude: Bytes, body: Body) -> Self {
        Self {
            next: Next::Prelude,
            prelude,
            body,
        }
    }
}

impl http_body::Body for Streamed {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        let frame = match self.next {
            Next::Prelude => {
                self.next = Next::Separator;
                Frame::data(std::mem::take(&mut self.prelude))
            }
            Next::Separator => {
                self.next = Next::Body;
                Frame::data(SEPARATOR)
            }
            Next::Body => loop {
                match ready!(Pin::new(&mut self.body).poll_frame(cx)) {
                    // Trailers of the application's have no place in the answer of a gateway.
                    Some(Ok(frame)) if !frame.is_data() => {}
                    Some(Ok(frame)) => break frame,
                    Some(Err(error)) => {
                        self.next = Next::Nothing;
                        self.body = Body::default();
                        break Frame::trailers(trailers(&error));
                    }
                    None => {
                        self.next = Next::Nothing;
                        return Poll::Ready(None);
                    }
                }
            },
            Next::Nothing => return Poll::Ready(None),
        };
        Poll::Ready(Some(Ok(frame)))
    }

    fn is_end_stream(&self) -> bool {
        matches!(self.next, Next::Nothing)
    }
}

/// What the caller of the function is told of the error: its kind. The log has the cause.
fn trailers(error: &BoxError) -> HeaderMap {
    let interrupted = error.downcast_ref().unwrap_or(&Interrupted::Failed);
    let kind = match interrupted {
        Interrupted::Failed => "Povery.StreamFailed",
        Interrupted::Panicked => "Povery.StreamPanicked",
        Interrupted::TimedOut => "Povery.StreamTimedOut",
    };
    let text = json!({"errorType": kind, "errorMessage": interrupted.to_string()});
    let text = BASE64_STANDARD.encode(text.to_string());
    let mut trailers = HeaderMap::with_capacity(2);
    trailers.insert(ERROR_TYPE, HeaderValue::from_static(kind));
    if let Ok(text) = HeaderValue::try_from(text) {
        trailers.insert(ERROR_BODY, text);
    }
    trailers
}
