//! The log: JSON lines on Lambda, text for people elsewhere. What says by its name that it is a secret is
//! not written, whoever hands it in.

mod fields;
mod length;
mod lines;
#[cfg(test)]
mod listening;
mod panics;
mod settings;

use std::io::{self, IsTerminal};

use tracing::{Level, Metadata};
#[cfg(feature = "opentelemetry")]
use tracing_subscriber::filter::FilterExt;
use tracing_subscriber::filter::filter_fn;
#[cfg(feature = "opentelemetry")]
use tracing_subscriber::layer::Layer;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

use crate::environment::is_local_run;
use crate::redact::{self, Names};
#[cfg(feature = "opentelemetry")]
use crate::telemetry::Telemetry;
use fields::Format;
use lines::{Lines, Sink};
use settings::Settings;

pub(crate) use length::{LONGEST_PATH, shortened};
#[cfg(test)]
pub(crate) use listening::listen;

/// At TRACE `lambda_runtime` writes whole events, with their tokens, cookies and bodies, where its own services answer: should any.
fn is_fit_to_print(metadata: &Metadata<'_>) -> bool {
    *metadata.level() != Level::TRACE || !metadata.target().starts_with("lambda_runtime")
}

/// Installs a subscriber and, on Lambda, a panic hook, unless the program has a subscriber of its own, which then stays.
pub(crate) fn install(
    names: Names,
    #[cfg(feature = "opentelemetry")] telemetry: Option<&Telemetry>,
) {
    let names = redact::install(names);
    let is_local = is_local_run();
    let Settings {
        filter,
        is_json,
        mistakes,
    } = Settings::from_env(!is_local);
    let format = match is_json {
        true => Format::Json,
        false => Format::Text {
            is_coloured: is_local && io::stderr().is_terminal(),
            has_lines: is_local,
        },
    };
    let sink = if is_local { Sink::Stderr } else { Sink::Stdout };
    let lines = Lines::new(format, names, sink);
    let plain = |filter| {
        tracing_subscriber::registry()
            .with(filter)
            .with(filter_fn(is_fit_to_print))
    };
    #[cfg(not(feature = "opentelemetry"))]
    let installed = plain(filter).with(lines).try_init();
    // With a level of its own the one of the other filter is known beside it.
    #[cfg(feature = "opentelemetry")]
    let fit_to_print = filter_fn(is_fit_to_print).with_max_level_hint(Level::TRACE);
    #[cfg(feature = "opentelemetry")]
    let installed = match telemetry {
        // A level of its own for each: who logs less does not trace less.
        Some(telemetry) => tracing_subscriber::registry()
            .with(telemetry.layer(names, filter.clone()))
            .with(lines.with_filter(filter.and(fit_to_print)))
            .try_init(),
        None => plain(filter).with(lines).try_init(),
    };
    #[cfg(feature = "opentelemetry")]
    if installed.is_err() && telemetry.is_some() {
        tracing::warn!(
            "the program has a subscriber of its own: spans go to the provider of `App::opentelemetry` only by a \
             layer of `tracing_opentelemetry` that this one has"
        );
    }
    if installed.is_ok() && !is_local {
        panics::install();
    }
    for mistake in mistakes {
        tracing::warn!("{mistake}");
    }
}

#[cfg(test)]
mod tests;
