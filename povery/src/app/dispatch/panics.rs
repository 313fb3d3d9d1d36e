//! Panics of the application's own code: none of them takes the next invocation with it.

use std::any::Any;
use std::panic::AssertUnwindSafe;

use futures_util::FutureExt;

use super::asked::{Asked, failed};
use crate::app::Inner;
use crate::contained::contained;
use crate::error::PoveryError;
use crate::response::Response;

/// What comes of the application's own code. A panic of it, or of the text of its error, is an answer too: what stands
/// around it sees one. No `async fn`: see [`within`](super::bound::within).
pub(super) fn caught<T>(
    app: &Inner,
    asked: &Asked,
    who: &str,
    work: impl Future<Output = Result<T, PoveryError>>,
) -> impl Future<Output = Result<T, Box<Response>>> {
    let answer = move |error| Box::new(failed(app, asked, error));
    let work = work.map(move |done| done.map_err(answer));
    AssertUnwindSafe(work).catch_unwind().map(move |done| {
        done.unwrap_or_else(|panic| {
            let text = format!("{who} panicked: {}", panic_text(panic));
            Err(answer(PoveryError::internal(text)))
        })
    })
}

/// What a panic is to the caller.
pub(super) fn panicked(panic: Box<dyn Any + Send>) -> PoveryError {
    let text = panic_text(panic);
    PoveryError::internal(format!("the handler panicked: {text}"))
}

/// What a panic says, in one line. The payload is the application's: to drop it may be the next panic.
pub(in crate::app) fn panic_text(panic: Box<dyn Any + Send>) -> String {
    let text = panic
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    let text = text
        .unwrap_or("without a message")
        .replace(['\n', '\r'], " ");
    contained(|| drop(panic));
    text
}
