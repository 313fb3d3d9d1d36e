//! Layers around routes: functions as [`from_fn`] makes them, and [`Next`], what a layer stands before.
//!
//! Any [`tower::Layer`] is one: see [the guide](crate::docs::middleware).

mod answering;
mod from_fn;
mod next;
mod passage;
mod service;

pub use from_fn::{FromFn, FromFnService, from_fn};
pub use next::Next;
pub(crate) use passage::{Passage, is_lost};
pub use service::LayerService;

use std::sync::Arc;

use tower::Layer;

/// A layer that is given what it stands before.
pub(crate) type Wrap = Arc<dyn Fn(Next) -> Next + Send + Sync>;

/// The layer, for as many routes as there are.
pub(crate) fn wrap<L>(layer: L) -> Wrap
where
    L: Layer<Next> + Send + Sync + 'static,
    L::Service: LayerService,
{
    Arc::new(move |next| Next::new(layer.layer(next)))
}

/// What is before the layer then, for a route that the macro writes.
#[doc(hidden)]
pub fn layer<L>(layer: L, next: Next) -> Next
where
    L: Layer<Next>,
    L::Service: LayerService,
{
    Next::new(layer.layer(next))
}

#[cfg(test)]
mod tests;
