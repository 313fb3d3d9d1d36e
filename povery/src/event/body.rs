//! The body of an event, decoded when it is read.

use std::pin::Pin;
use std::task::{Context, Poll};

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use bytes::Bytes;
use http_body::{Frame, SizeHint};

use super::{Scalar, Unknown};
use crate::error::PoveryError;

/// A body that knows its length before it is decoded, so that one over the limit never is.
#[derive(Debug)]
pub(crate) struct Body {
    text: Bytes,
    is_base64: bool,
}

impl Body {
    pub(super) fn new(
        event: &Bytes,
        body: Scalar<'_>,
        is_base64: &Scalar<'_>,
    ) -> Result<Self, Unknown> {
        Ok(Self {
            text: body.into_bytes(event, "body")?,
            is_base64: is_base64.flag("isBase64Encoded")?,
        })
    }

    fn len(&self) -> usize {
        if !self.is_base64 {
            return self.text.len();
        }
        let padding = self.text.iter().rev().take(2).filter(|&&byte| byte == b'=');
        (self.text.len() / 4 * 3).saturating_sub(padding.count())
    }
}

impl http_body::Body for Body {
    type Data = Bytes;
    type Error = PoveryError;

    /// The whole body, or a 400 for base64 that is not the standard's (RFC 4648, section 4), with padding.
    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, PoveryError>>> {
        let text = std::mem::take(&mut self.text);
        if text.is_empty() {
            return Poll::Ready(None);
        }
        if !self.is_base64 {
            return Poll::Ready(Some(Ok(Frame::data(text))));
        }
        let decoded = BASE64_STANDARD
            .decode(text)
            // What the library says names the byte that was sent.
            .map_err(|_| PoveryError::bad_request("The body is not valid base64"));
        Poll::Ready(Some(decoded.map(|bytes| Frame::data(bytes.into()))))
    }

    fn is_end_stream(&self) -> bool {
        self.text.is_empty()
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.len() as u64)
    }
}
