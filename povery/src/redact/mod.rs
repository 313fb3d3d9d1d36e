//! Secrets that are not to be written, by the names under which they are: of fields, headers, parameters.

mod names;
mod path;
mod redacted;
mod scan;
mod symbol;

pub(crate) use names::Names;
pub(crate) use path::{captures_secret, path, path_begun};
pub use redacted::Redacted;
#[cfg(test)]
pub(crate) use scan::tests as scan_tests;
pub(crate) use scan::{REDACTED, scan};

use std::sync::OnceLock;

static USUAL: Names = Names::usual();
static INSTALLED: OnceLock<Names> = OnceLock::new();

/// The names of the application that is served; before that, the usual ones.
pub(crate) fn names() -> &'static Names {
    INSTALLED.get().unwrap_or(&USUAL)
}

/// Sets the names for good. The first application of a process has its own; others have the same.
pub(crate) fn install(names: Names) -> &'static Names {
    INSTALLED.get_or_init(|| names)
}

/// The text without the secrets in it.
pub(crate) fn redacted(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    scan(text, names(), &mut out);
    out
}
