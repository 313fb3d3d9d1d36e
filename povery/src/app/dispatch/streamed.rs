//! A streamed body on its way out: bounded by the invocation, and never the end of the host.

use std::error::Error;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use http_body::{Frame, SizeHint};
use tokio::time::Sleep;

use super::{Bound, panic_text};
use crate::error::{BoxError, chain};
use crate::response::Body;

/// Which request a body answers, for the log.
pub(super) struct Answered {
    pub(super) request_id: crate::request::RequestId,
    pub(super) method: http::Method,
    /// As it was sent: encoded, so that no character in it can break a line.
    pub(super) uri: http::Uri,
}

/// Why a streamed response ended before its end. The log has the cause already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Interrupted {
    /// The stream gave an error.
    Failed,
    /// The stream panicked.
    Panicked,
    /// The invocation was about to end.
    TimedOut,
}

impl fmt::Display for Interrupted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Failed => "the stream of the response failed",
            Self::Panicked => "the stream of the response panicked",
            Self::TimedOut => "the response took too long",
        })
    }
}

impl Error for Interrupted {}

/// The same body, whose errors, panics and overtime are logged, and end it as [`Interrupted`]. What it
/// held is given up at once.
pub(super) fn guarded(body: Body, answered: Answered, bound: Option<Bound>) -> Body {
    Body::new(Guarded {
        body: Some(body),
        answered,
        end: bound.map(|Bound(end)| Box::pin(tokio::time::sleep_until(end))),
        interrupted: None,
    })
}

struct Guarded {
    /// `None` after its end.
    body: Option<Body>,
    answered: Answered,
    end: Option<Pin<Box<Sleep>>>,
    /// What is still to be told.
    interrupted: Option<Interrupted>,
}

impl Guarded {
    /// Ends the body, and is asked again at once: a host that ends a connection in the middle of a body has
    /// then sent what came before.
    fn interrupt<T>(&mut self, why: Interrupted, cause: &str, cx: &Context<'_>) -> Poll<T> {
        self.body = None;
        self.interrupted = Some(why);
        let Answered {
            request_id,
            method,
            uri,
        } = &self.answered;
        let (request_id, path) = (request_id.as_str(), uri.path());
        tracing::error!(request_id, %method, path, "the response ended early: {cause}");
        cx.waker().wake_by_ref();
        Poll::Pending
    }
}

impl http_body::Body for Guarded {
    type Data = Bytes;
    type Error = Interrupted;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Interrupted>>> {
        let this = &mut *self;
        let Some(body) = &mut this.body else {
            return Poll::Ready(this.interrupted.take().map(Err));
        };
        // First, since a stream that is always ready would never let it come.
        if let Some(end) = &mut this.end
            && end.as_mut().poll(cx).is_ready()
        {
            return this.interrupt(Interrupted::TimedOut, "the invocation is about to end", cx);
        }
        match catch_unwind(AssertUnwindSafe(|| Pin::new(body).poll_frame(cx))) {
            Ok(polled) => match ready!(polled) {
                Some(Ok(frame)) => Poll::Ready(Some(Ok(frame))),
                Some(Err(error)) => this.interrupt(Interrupted::Failed, &in_one_line(&error), cx),
                None => {
                    this.body = None;
                    Poll::Ready(None)
                }
            },
            Err(panic) => {
                let cause = format!("its stream panicked: {}", panic_text(panic.as_ref()));
                this.interrupt(Interrupted::Panicked, &cause, cx)
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        let body = self.body.as_ref();
        self.interrupted.is_none() && body.is_none_or(http_body::Body::is_end_stream)
    }

    fn size_hint(&self) -> SizeHint {
        let body = self.body.as_ref();
        body.map_or_else(|| SizeHint::with_exact(0), http_body::Body::size_hint)
    }
}

fn in_one_line(error: &BoxError) -> String {
    chain(error.as_ref()).replace(['\n', '\r'], " ")
}

#[cfg(test)]
mod tests;
