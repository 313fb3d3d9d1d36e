//! What an application tells of itself, and what it keeps to itself.

use super::App;
use crate::metrics::Metrics;
use crate::redact::Names;

impl App {
    /// Writes metrics of each invocation, for CloudWatch: see [`Metrics`]. There are none unless it is set, and none
    /// in a local run.
    #[must_use]
    pub fn metrics(mut self, metrics: Metrics) -> Self {
        self.inner_mut().metrics = Some(metrics);
        self
    }

    /// Sends the spans of requests, actions and events, and of whatever is done for them, to this provider, whose processors and
    /// exporters are the application's: see [the guide](crate::docs::observability#opentelemetry). It is flushed
    /// before the sandbox is frozen, and shut down at the end.
    ///
    /// # Example
    ///
    /// ```
    /// use povery::opentelemetry_sdk::trace::SdkTracerProvider;
    /// use povery::prelude::*;
    ///
    /// let provider = SdkTracerProvider::builder().build();
    /// let app = App::new().opentelemetry(provider);
    /// ```
    #[cfg(feature = "opentelemetry")]
    #[must_use]
    pub fn opentelemetry(mut self, provider: opentelemetry_sdk::trace::SdkTracerProvider) -> Self {
        self.inner_mut().telemetry = Some(crate::telemetry::Telemetry::new(provider));
        self
    }

    /// Names that are secrets too, on top of [those that everybody has](crate::docs::observability#redaction): what has one
    /// of them in its name is written neither by the log nor by [`Redacted`](crate::Redacted), from the moment on at which the
    /// application is served. Case, `_` and `-` make no difference.
    ///
    /// They are those of the process: where it serves a second application, the names of the first stay, and those of the
    /// second have no effect.
    ///
    /// # Example
    ///
    /// ```
    /// use povery::prelude::*;
    ///
    /// // `customer_iban` and `taxNumber` too.
    /// let app = App::new().redact(["iban", "tax_number"]);
    /// ```
    #[must_use]
    pub fn redact<N: Into<String>>(mut self, names: impl IntoIterator<Item = N>) -> Self {
        let names = names.into_iter().map(Into::into);
        self.inner_mut().secret_names.extend(names);
        self
    }

    /// The names of secrets.
    pub(super) fn names(&self) -> Names {
        Names::with(&self.inner.secret_names)
    }
}
