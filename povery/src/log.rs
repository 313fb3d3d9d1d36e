//! The log: JSON lines on Lambda, text for people elsewhere.

use std::io::{self, IsTerminal};

use tracing::{Level, Metadata};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::{LevelFilter, filter_fn};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

use crate::environment::is_local_run;

/// `lambda_runtime` writes whole events at TRACE: with their tokens, cookies and bodies.
fn is_fit_to_print(metadata: &Metadata<'_>) -> bool {
    *metadata.level() != Level::TRACE || !metadata.target().starts_with("lambda_runtime")
}

/// Installs a subscriber unless the program has one. `RUST_LOG` sets what is logged; INFO unless set.
pub(crate) fn install() {
    let filter = EnvFilter::builder()
        .with_default_directive(LevelFilter::INFO.into())
        .from_env_lossy();
    let subscriber = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_target(false);
    // An error means that the program has a subscriber of its own, which then stays.
    let _ = if !is_local_run() {
        subscriber
            .json()
            .flatten_event(true)
            .with_current_span(false)
            .with_span_list(false)
            .finish()
            .with(filter_fn(is_fit_to_print))
            .try_init()
    } else {
        subscriber
            .compact()
            .with_writer(io::stderr)
            .with_ansi(io::stderr().is_terminal())
            .finish()
            .with(filter_fn(is_fit_to_print))
            .try_init()
    };
}
