//! Spans for OpenTelemetry, beside the log: they go to a provider of the developer's.

mod flush;
mod layer;
mod masked;
mod parent;
mod said;

use std::fmt;
use std::sync::Arc;

use opentelemetry_sdk::trace::SdkTracerProvider;
use tokio::sync::Mutex;

use flush::UnderWay;
pub(crate) use said::{answered, begun, failed};

/// Where the spans of an application go.
#[derive(Clone)]
pub(crate) struct Telemetry {
    provider: SdkTracerProvider,
    under_way: Arc<Mutex<Option<UnderWay>>>,
}

impl Telemetry {
    pub(crate) fn new(provider: SdkTracerProvider) -> Self {
        Self {
            provider,
            under_way: Arc::default(),
        }
    }
}

/// A provider's own text has its processors, and what they were configured with.
impl fmt::Debug for Telemetry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Telemetry").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
