//! The layer that hands spans on, and which spans.

use opentelemetry::InstrumentationScope;
use opentelemetry::trace::TracerProvider;
use tracing::level_filters::LevelFilter;
use tracing::subscriber::Interest;
use tracing::{Level, Metadata};
use tracing_opentelemetry::OpenTelemetryLayer;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::{Context, Filter, Layer};
use tracing_subscriber::registry::Registry;

use super::Telemetry;
use super::masked::Masking;
use crate::redact::Names;

/// The crates by which exporters send: a span of theirs would be sent too, and have others behind it.
const EXPORTERS: [&str; 8] = [
    "h2",
    "hyper",
    "hyper_util",
    "opentelemetry",
    "opentelemetry_sdk",
    "reqwest",
    "tonic",
    "tower",
];

impl Telemetry {
    /// Hands on the spans at INFO and above, and those that the log has, without secrets. No events: they are the log's.
    pub(crate) fn layer(
        &self,
        names: &'static Names,
        log: Targets,
    ) -> impl Layer<Registry> + use<> {
        let scope = InstrumentationScope::builder("povery")
            .with_version(env!("CARGO_PKG_VERSION"))
            .build();
        let tracer = self.provider.tracer_with_scope(scope);
        OpenTelemetryLayer::new(Masking::new(tracer, names))
            .with_location(false)
            .with_threads(false)
            .with_tracked_inactivity(false)
            // They would be said under a second name, which is no secret's.
            .with_error_fields_to_exceptions(false)
            .with_filter(Spans { log })
    }
}

struct Spans {
    log: Targets,
}

impl Spans {
    fn has(&self, metadata: &Metadata<'_>) -> bool {
        let (target, level) = (metadata.target(), metadata.level());
        let of = target.split_once("::").map_or(target, |(of, _)| of);
        metadata.is_span()
            && !EXPORTERS.contains(&of)
            && (*level <= Level::INFO || self.log.would_enable(target, level))
    }
}

impl<S> Filter<S> for Spans {
    fn enabled(&self, metadata: &Metadata<'_>, _: &Context<'_, S>) -> bool {
        self.has(metadata)
    }

    fn callsite_enabled(&self, metadata: &'static Metadata<'static>) -> Interest {
        match self.has(metadata) {
            true => Interest::always(),
            false => Interest::never(),
        }
    }

    fn max_level_hint(&self) -> Option<LevelFilter> {
        let log = Filter::<S>::max_level_hint(&self.log)?;
        Some(log.max(LevelFilter::INFO))
    }
}
