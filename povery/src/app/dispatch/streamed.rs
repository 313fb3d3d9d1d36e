//! A streamed body on its way out: bounded by the invocation, and never the end of the host.

use std::error::Error;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use http_body::{Frame, SizeHint};
use tokio::time::Sleep;
use tracing::field::display;

use super::{Asked, Bound, panic_text};
use crate::error::{BoxError, chain};
use crate::log::{LONGEST_PATH, shortened};
use crate::response::Body;

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
pub(super) fn guarded(body: Body, asked: Asked, bound: Option<Bound>) -> Body {
    Body::new(Guarded {
        body: Some(body),
        asked,
        end: bound.map(|bound| Box::pin(tokio::time::sleep_until(bound.end()))),
        interrupted: None,
    })
}

struct Guarded {
    /// `None` after its end.
    body: Option<Body>,
    asked: Asked,
    end: Option<Pin<Box<Sleep>>>,
    /// What is still to be told.
    interrupted: Option<Interrupted>,
}

impl Guarded {
    /// Drops the stream. A panic in that is logged, and changes nothing of what was sent.
    fn give_up(&mut self) {
        let body = self.body.take();
        if let Err(panic) = catch_unwind(AssertUnwindSafe(|| drop(body))) {
            let (request_id, text) = (self.asked.id().as_str(), panic_text(panic));
            tracing::error!(
                request_id,
                "the stream of the response panicked at its end: {text}"
            );
        }
    }

    /// Ends the body, and is asked again at once: a host that ends a connection in the middle of a body has
    /// then sent what came before.
    fn interrupt<T>(&mut self, why: Interrupted, cause: &str, cx: &Context<'_>) -> Poll<T> {
        self.interrupted = Some(why);
        #[cfg(feature = "opentelemetry")]
        crate::telemetry::failed(&self.asked.span, "interrupted");
        let request_id = self.asked.id().as_str();
        let (method, path) = (self.asked.method().map(display), self.asked.path());
        let path = path.as_deref().map(|path| shortened(path, LONGEST_PATH));
        let path = path.as_deref();
        tracing::error!(
            request_id,
            method,
            path,
            "the response ended early: {cause}"
        );
        self.give_up();
        cx.waker().wake_by_ref();
        Poll::Pending
    }

    fn polled(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Interrupted>>> {
        let Some(body) = &mut self.body else {
            return Poll::Ready(self.interrupted.take().map(Err));
        };
        // First, since a stream that is always ready would never let it come.
        if let Some(end) = &mut self.end
            && end.as_mut().poll(cx).is_ready()
        {
            return self.interrupt(Interrupted::TimedOut, "the invocation is about to end", cx);
        }
        match catch_unwind(AssertUnwindSafe(|| {
            http_body::Body::poll_frame(Pin::new(body), cx)
        })) {
            Ok(polled) => match ready!(polled) {
                Some(Ok(frame)) => Poll::Ready(Some(Ok(frame))),
                Some(Err(error)) => self.interrupt(Interrupted::Failed, &in_one_line(&error), cx),
                None => {
                    self.give_up();
                    Poll::Ready(None)
                }
            },
            Err(panic) => {
                let cause = format!("its stream panicked: {}", panic_text(panic));
                self.interrupt(Interrupted::Panicked, &cause, cx)
            }
        }
    }
}

/// A host that gives up in the middle, too, must survive the stream.
impl Drop for Guarded {
    fn drop(&mut self) {
        self.give_up();
    }
}

impl http_body::Body for Guarded {
    type Data = Bytes;
    type Error = Interrupted;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Interrupted>>> {
        // What it logs is the request's.
        let (span, observation) = (self.asked.span.clone(), Arc::clone(&self.asked.observation));
        let _entered = span.enter();
        observation.within(|| self.polled(cx))
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
