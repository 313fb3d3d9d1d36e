//! What the fuzz targets share: events as gateways write them, and answers as gateways read them.

pub mod answer;
pub mod gateway;

use std::pin::pin;
use std::task::{Context, Poll, Waker};

use povery::App;

/// The bytes of an answer, or the type and the message of the invocation's error.
pub type Invoked = Result<Vec<u8>, (String, String)>;

/// What the application answers to the bytes of an event. Nothing that the targets call waits, so
/// whatever does is a hang.
pub fn invoke(app: &App, event: &[u8]) -> Invoked {
    let mut answer = pin!(povery::__private::invoke(app.clone(), event));
    let mut context = Context::from_waker(Waker::noop());
    // A few rounds, for what wakes itself.
    for _ in 0..1_000 {
        if let Poll::Ready(answer) = answer.as_mut().poll(&mut context) {
            return answer;
        }
    }
    panic!("the answer waits for something that never comes");
}
