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
use tracing_subscriber::filter::filter_fn;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

use crate::environment::is_local_run;
use crate::redact::{self, Names};
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
pub(crate) fn install(names: Names) {
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
    let installed = tracing_subscriber::registry()
        .with(filter)
        .with(filter_fn(is_fit_to_print))
        .with(Lines::new(format, names, sink))
        .try_init();
    if installed.is_ok() && !is_local {
        panics::install();
    }
    for mistake in mistakes {
        tracing::warn!("{mistake}");
    }
}

#[cfg(test)]
mod tests;
