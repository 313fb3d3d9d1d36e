//! Layers, groups and hooks around routes.

mod failures;
mod groups;
mod hooks;
mod order;
mod requests;
mod tower_layers;
mod wrapped;

use std::cell::RefCell;
use std::pin::Pin;
use std::task::{Context, Poll};

use tower::{Layer, Service};

thread_local! {
    static LOG: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
}

/// Notes what happens in this test, which has a thread of its own.
fn note(what: impl Into<String>) {
    LOG.with_borrow_mut(|log| log.push(what.into()));
}

/// What has happened since the last look.
fn noted() -> Vec<String> {
    LOG.take()
}

/// A layer that notes the request as `+name` and the answer as `-name`.
#[derive(Clone)]
struct Mark(String);

fn mark(name: &str) -> Mark {
    Mark(name.to_owned())
}

#[derive(Clone)]
struct Marked<S> {
    name: String,
    inner: S,
}

impl<S> Layer<S> for Mark {
    type Service = Marked<S>;

    fn layer(&self, inner: S) -> Marked<S> {
        let name = self.0.clone();
        Marked { name, inner }
    }
}

impl<S, R> Service<R> for Marked<S>
where
    S: Service<R, Future: Send + 'static>,
{
    type Response = S::Response;
    type Error = S::Error;
    type Future = Pin<Box<dyn Future<Output = Result<S::Response, S::Error>> + Send>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: R) -> Self::Future {
        note(format!("+{}", self.name));
        let (name, answer) = (self.name.clone(), self.inner.call(request));
        Box::pin(async move {
            let answer = answer.await;
            note(format!("-{name}"));
            answer
        })
    }
}
